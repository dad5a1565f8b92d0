/*-------------------------------------------------------------------------
 *
 * base/settings.h
 *		What a session may SET.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

/* For _PG_init(), once. */
extern void settings_define(void);

/*
 * The file that the session runs, or NULL.  Gives a WARNING and returns NULL
 * if its name is not valid in the encoding of the database.
 */
extern const char *settings_source_file(void);

/* The SHA-256 of that, 64 hexadecimal digits, or NULL. */
extern const char *settings_source_sha256(void);

/*
 * What the version control calls that file's state, the operating system's
 * user who runs it, and the machine: like settings_source_file().
 */
extern const char *settings_revision(void);
extern const char *settings_os_user(void);
extern const char *settings_host(void);

/* Has a superuser switched the guard off for now? */
extern bool settings_bypass_guard(void);

#endif							/* BASE_SETTINGS_H */
