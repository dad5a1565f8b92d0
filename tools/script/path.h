/*-------------------------------------------------------------------------
 *
 * script/path.h
 *		Where psql finds the files that a script includes
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_PATH_H
#define SCRIPT_PATH_H

extern char *script_path_find(const char *script, const char *name,
							  bool is_relative);
extern char *script_path_change(const char *directory, const char *name);

#endif							/* SCRIPT_PATH_H */
