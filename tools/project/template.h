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
#include "pqexpbuffer.h"

/* The text of a patch; the caller frees it. */
extern char *project_template_patch(const char *name,
									const SimpleStringList *requirements);

/* The text of its rollback; the caller frees it. */
extern char *project_template_rollback(const char *name);

/* Append a constant that means the same whatever the server's settings are. */
extern void project_template_constant(PQExpBuffer text, const char *value);

/*
 * Append an array of names, or NULL if there are none.  Where the line begins
 * decides where it is broken.
 */
extern void project_template_array(PQExpBuffer text, size_t line_start,
								   const SimpleStringList *names);

/*
 * The name of a file for a patch, without ".sql": the patch's name as far as
 * its characters are good for that, and not too long.  It is never hidden,
 * never an option.  The caller frees it.
 */
extern char *project_template_file_name(const char *name);

#endif							/* PROJECT_TEMPLATE_H */
