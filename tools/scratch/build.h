/*-------------------------------------------------------------------------
 *
 * scratch/build.h
 *		The database that the files of a project make
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_BUILD_H
#define SCRATCH_BUILD_H

#include "deploy/deploy.h"

/*
 * Would patches be registered in the database of the connection as they are in
 * one like it, by nothing but what is known to do it?  Returns STATUS_DONE, or
 * another status after a message.
 */
extern Status scratch_build_check(const char *progname, PGconn *conn);

/*
 * Apply these patches, or if there are no names all of them, to the database
 * of the connection, which nobody else uses, and run the jobs that any of
 * them waits for.  What the files print is shown only if they fail; a label,
 * if it is not NULL, is shown on a terminal meanwhile.  "progname" is for
 * messages.  Returns STATUS_DONE, or another status after a message.
 */
extern Status scratch_build(const char *progname, const RunOptions *options,
							const char *label, PGconn *conn,
							const Project *project, char *const *names,
							int name_count);

#endif							/* SCRATCH_BUILD_H */
