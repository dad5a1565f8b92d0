/*-------------------------------------------------------------------------
 *
 * base/program_path.h
 *		Where PostgreSQL's own programs are
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_PROGRAM_PATH_H
#define BASE_PROGRAM_PATH_H

/*
 * The program of that name beside our own, which was called by argv0, or else
 * its name, for PATH to lead to it.  The caller frees it.
 */
extern char *program_path_find(const char *argv0, const char *program);

#endif							/* BASE_PROGRAM_PATH_H */
