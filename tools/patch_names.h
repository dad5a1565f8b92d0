/*-------------------------------------------------------------------------
 *
 * patch_names.h
 *		Which file registers which patch
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_NAMES_H
#define PATCH_NAMES_H

#include "patch_file.h"

typedef struct names_hash PatchNames;

extern PatchNames *patch_names_create(int expected);
extern void patch_names_add(PatchNames *names, const char *path,
							const PatchFile *file, ComplaintList *complaints);
extern void patch_names_free(PatchNames *names);

#endif							/* PATCH_NAMES_H */
