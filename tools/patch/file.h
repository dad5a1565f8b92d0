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
#include "patch/call.h"

/*
 * Read the script that an open file is, from its beginning.  Returns NULL
 * with errno set if it cannot be read.  Free the result with
 * patch_file_free; the descriptor remains the caller's.
 */
extern PatchFile *patch_file_read_descriptor(int fd);

/* The same for the file of that name. */
extern PatchFile *patch_file_read(const char *path);

/*
 * The same, reading all of it.  If it registers nothing and takes nothing
 * back, what looks like that, or is not SQL, is complained of.
 */
extern PatchFile *patch_file_read_whole(const char *path);

/* Read the script that is all of these bytes, none of which is a NUL. */
extern PatchFile *patch_file_read_bytes(const FileBytes *bytes);

/*
 * Read a script that is in memory, no call being after offset "last_place".
 * Returns NULL if the text is not the whole script and there is not enough
 * of it.  Free the result with patch_file_free.
 */
extern PatchFile *patch_file_read_text(const char *text, size_t length,
									   size_t last_place, bool is_whole);

/* Free a file and all that it holds. */
extern void patch_file_free(PatchFile *file);

#endif							/* PATCH_FILE_H */
