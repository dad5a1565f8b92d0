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

extern PatchFile *patch_file_read(const char *path);
extern PatchFile *patch_file_read_descriptor(int fd);
extern PatchFile *patch_file_read_bytes(const FileBytes *bytes);
extern PatchFile *patch_file_read_text(const char *text, size_t length,
									   size_t last_place, bool is_whole);
extern void patch_file_free(PatchFile *file);

#endif							/* PATCH_FILE_H */
