/*-------------------------------------------------------------------------
 *
 * script/include.h
 *		Where psql finds what a script includes
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_INCLUDE_H
#define SCRIPT_INCLUDE_H

/*
 * What psql makes of a name after \i, or after \ir in the script that it
 * knows by that path.  Returns NULL if that is not known: it is in another
 * user's home directory.  The caller frees it.
 */
extern char *script_include_name(const char *script, const char *name,
								 bool is_relative);

/*
 * The path of what is so named in a directory: "" is the current one, NULL one
 * that is not known, as is the result then.  The caller frees it.
 */
extern char *script_include_path(const char *directory, const char *name);

#endif							/* SCRIPT_INCLUDE_H */
