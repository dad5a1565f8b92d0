/*-------------------------------------------------------------------------
 *
 * base/program_path.h
 *		Where PostgreSQL's own programs are
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_PROGRAM_PATH_H
#define BASE_PROGRAM_PATH_H

extern char *program_path_find(const char *argv0, const char *program);

#endif							/* BASE_PROGRAM_PATH_H */
