/*-------------------------------------------------------------------------
 *
 * patch_template.h
 *		A patch and its rollback, to be filled in
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_TEMPLATE_H
#define PATCH_TEMPLATE_H

#include "fe_utils/simple_list.h"

extern char *patch_template_patch(const char *name,
								  const SimpleStringList *requirements);
extern char *patch_template_rollback(const char *name);
extern char *patch_template_file_name(const char *name);

#endif							/* PATCH_TEMPLATE_H */
