/*-------------------------------------------------------------------------
 *
 * patch/file.h
 *		The registrations that running a file would make
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_FILE_H
#define PATCH_FILE_H

#include "base/file_bytes.h"
#include "patch/reader.h"

/*
 * Read the script that is made of these bytes, as far as a call may be in it;
 * if it registers something, with the calls about jobs, if these are wanted.
 * Free the result with patch_file_free.
 */
extern PatchFile *patch_file_read(const FileBytes *bytes, bool wants_jobs);

/*
 * Why psql would not read these bytes as they are, or NULL.  The line is that
 * in which it goes wrong, or 0: all of it.
 */
extern const char *patch_file_refusal(const FileBytes *bytes, int *line);

/* What a reader has come to in its script */
typedef enum PatchStep
{
	PATCH_STATEMENT,			/* it begins with the current token */
	PATCH_SENT,					/* the query before it is sent */
	PATCH_FORGOTTEN,			/* the query before it is forgotten */
	PATCH_ENDLESS,				/* the current token has no end */
	PATCH_END					/* of the script */
} PatchStep;

/*
 * Go on with a script.  It is for the caller to pass a statement with
 * patch_statement_read(), and what has no end with patch_reader_advance().
 */
extern PatchStep patch_file_step(PatchReader *reader);

/*
 * The script is over.  If it registers nothing and takes nothing back, what
 * looks like that, or is not SQL, is among the problems now.  That list is
 * freed.
 */
extern void patch_file_end(PatchFile *file, ProblemList *lookalikes);

/* Does it take a patch back, or register one? */
extern bool patch_file_has(const PatchFile *file, bool is_unregister);

/* Free a file and all that it holds. */
extern void patch_file_free(PatchFile *file);

#endif							/* PATCH_FILE_H */
