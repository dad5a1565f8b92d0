/*-------------------------------------------------------------------------
 *
 * patch/names.h
 *		Which file registers which patch
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_NAMES_H
#define PATCH_NAMES_H

#include "base/name_table.h"
#include "patch/file.h"

typedef struct PatchPlace
{
	const char *path;			/* not owned */
	int			line;
} PatchPlace;

typedef struct PatchNames
{
	NameTable  *table;
	PatchPlace *firsts;			/* by the name's number: who was first */
	int			count;
	int			space;
} PatchNames;

/* An empty table for about so many names; free it with patch_names_free. */
extern PatchNames *patch_names_create(int expected);

/*
 * Note what a file registers, whose path must outlive the table, and complain
 * about what has been registered before.
 */
extern void patch_names_add(PatchNames *names, const char *path,
							const PatchFile *file, ProblemList *problems);

/* Free the table; the paths in it are the caller's. */
extern void patch_names_free(PatchNames *names);

#endif							/* PATCH_NAMES_H */
