/*-------------------------------------------------------------------------
 *
 * diff/patches.h
 *		In which patches two databases differ
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_PATCHES_H
#define DIFF_PATCHES_H

#include "diff/side.h"

/*
 * A patch that only one has, or that is unfinished in only one, or whose file
 * was not the same.
 */
typedef struct DiffPatch
{
	const AppliedPatch *patches[2]; /* NULL: it is not there */
} DiffPatch;

typedef struct DiffPatches
{
	DiffPatch  *items;			/* by their names */
	int			count;
} DiffPatches;

/*
 * Compare the registers, if there are two; they live as long as the result.
 * The caller frees the items.
 */
extern DiffPatches diff_patches_compare(const DiffSide *sides);

/* Do the digests of the files say that they differ? */
extern bool diff_patches_has_other_file(const DiffPatch *patch);

#endif							/* DIFF_PATCHES_H */
