/*-------------------------------------------------------------------------
 *
 * project/verification.h
 *		The files that say whether patches have done what they should
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_VERIFICATION_H
#define PROJECT_VERIFICATION_H

#include "project/project.h"

/*
 * Read all files of these places, each a directory or a file, into a project
 * that has none yet.  Such a file is called as the patch that it verifies, and
 * is plain SQL without transactions; whatever else is in it is among the
 * project's verification_complaints.
 */
extern void project_verification_read(Project *project,
									  const SimpleStringList *places);

/* The name of the patch that a file is for; the caller frees it. */
extern char *project_verification_name(const ProjectFile *file);

/*
 * The file that verifies the patch of that name, or NULL.  One that is called
 * as another patch of the project verifies that one alone.
 */
extern const ProjectFile *project_verification_find(const Project *project,
													const char *name);

#endif							/* PROJECT_VERIFICATION_H */
