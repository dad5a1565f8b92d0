/*-------------------------------------------------------------------------
 *
 * script/path.h
 *		Where psql finds the files that a script includes
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_PATH_H
#define SCRIPT_PATH_H

/*
 * The path that psql makes of the name of a file that a script includes,
 * which is relative to the directory of that script with \ir.  To be freed by
 * the caller.
 */
extern char *script_path_find(const char *script, const char *name,
							  bool is_relative);

/*
 * The path of what is so named in a directory: "" is the current one, NULL
 * one that is not known, as is the result then.  To be freed by the caller.
 */
extern char *script_path_change(const char *directory, const char *name);

#endif							/* SCRIPT_PATH_H */
