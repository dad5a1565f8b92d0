/*-------------------------------------------------------------------------
 *
 * program_path.h
 *		Where PostgreSQL's own programs are
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROGRAM_PATH_H
#define PROGRAM_PATH_H

extern char *program_path_find(const char *argv0, const char *program);

#endif							/* PROGRAM_PATH_H */
