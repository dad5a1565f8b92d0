/*-------------------------------------------------------------------------
 *
 * project/template.h
 *		A patch and its rollback, to be filled in
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_TEMPLATE_H
#define PROJECT_TEMPLATE_H

#include "fe_utils/simple_list.h"

extern char *project_template_patch(const char *name,
									const SimpleStringList *requirements);
extern char *project_template_rollback(const char *name);
extern char *project_template_file_name(const char *name);

#endif							/* PROJECT_TEMPLATE_H */
