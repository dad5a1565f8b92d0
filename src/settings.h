/*-------------------------------------------------------------------------
 *
 * settings.h
 *		What a session may SET.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_SETTINGS_H
#define VERSIONING_SETTINGS_H

/* For _PG_init(), once. */
extern void settings_define(void);

/*
 * The file that the session runs, or NULL.  Gives a WARNING and returns NULL
 * if its name is not valid in the encoding of the database.
 */
extern const char *settings_source_file(void);

/* The SHA-256 of that, 64 hexadecimal digits, or NULL. */
extern const char *settings_source_sha256(void);

/* Has a superuser switched the guard off for now? */
extern bool settings_bypass_guard(void);

#endif							/* VERSIONING_SETTINGS_H */
