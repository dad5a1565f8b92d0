/*-------------------------------------------------------------------------
 *
 * patch_file.h
 *		The registrations that running a file would make
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_FILE_H
#define PATCH_FILE_H

#include "complaint.h"
#include "fe_utils/simple_list.h"
#include "file_bytes.h"

typedef enum PatchAction
{
	PATCH_REGISTER,				/* _v.register_patch */
	PATCH_TRY_REGISTER,			/* _v.try_register_patch */
	PATCH_UNREGISTER			/* _v.unregister_patch */
} PatchAction;

/* One call, with those of its arguments that are constants. */
typedef struct PatchCall
{
	PatchAction action;
	int			line;
	char	   *name;
	SimpleStringList requirements;
	SimpleStringList conflicts;
} PatchCall;

typedef struct PatchFile
{
	PatchCall  *calls;			/* in the order they are made */
	int			count;
	int			space;
	ComplaintList complaints;	/* without a path: the caller knows it */
} PatchFile;

extern PatchFile *patch_file_read(const char *path);
extern PatchFile *patch_file_read_descriptor(int fd);
extern PatchFile *patch_file_read_bytes(const FileBytes *bytes);
extern PatchFile *patch_file_read_text(const char *text, size_t length,
									   size_t last_place, bool is_whole);
extern void patch_file_free(PatchFile *file);

#endif							/* PATCH_FILE_H */
