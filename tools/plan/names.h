/*-------------------------------------------------------------------------
 *
 * plan/names.h
 *		What is meant by a name
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include "database/register.h"
#include "project/project.h"

/*
 * What to say after a message about a name that is not known: a question
 * with the nearest patch that there is, in the files or in the register (which
 * may be NULL), but for the one that mentions the name (or NULL); or nothing,
 * as for each name after the first hundred.  The text is overwritten by the
 * next call.
 */
extern const char *plan_names_suggestion(const Project *project,
										 const Register *reg,
										 const char *name,
										 const char *except);

/*
 * What to say after a message about an argument that should not be there:
 * that it is the name of a directory, or nothing.
 */
extern const char *plan_names_directory(const char *name);

/* What to say after a message about an argument that is no patch. */
extern const char *plan_names_argument_suggestion(const Project *project,
												  const Register *reg,
												  const char *name);

/*
 * Is a file that is called so the one of that patch, maybe with something
 * after a dot?  It may also have the name that a new file for the patch gets.
 */
extern bool plan_names_is_named_for(const char *path, const char *name);

/*
 * The patch file that is meant by the name of a patch in it, or by its path;
 * or NULL.
 */
extern const ProjectFile *plan_names_patch_file(const Project *project,
												const char *name);

/* The file of that path, or NULL. */
extern const ProjectFile *plan_names_file(const ProjectFile *files, int count,
										  const char *path);

#endif							/* PLAN_NAMES_H */
