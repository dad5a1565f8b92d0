/*-------------------------------------------------------------------------
 *
 * base/patch.h
 *		A patch, as its registration names it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_PATCH_H
#define BASE_PATCH_H

#include "fmgr.h"
#include "utils/array.h"

/* Names in the order given, duplicates included. */
typedef struct PatchNames
{
	ArrayType  *array;			/* as given, {} for NULL */
	Datum	   *names;			/* text, one for each element */
	int			count;
} PatchNames;

typedef struct Patch
{
	text	   *name;
	PatchNames	requires;
	PatchNames	conflicts;
} Patch;

/*
 * The first argument, in_patch_name.  Raises 22004 if it is NULL, 22023 if it
 * is empty.
 */
extern text *patch_name_argument(FunctionCallInfo fcinfo);

/*
 * The arguments of register_patch in each of its arities, and of
 * try_register_patch.  Raises what patch_name_argument() and names_argument()
 * raise.
 */
extern Patch patch_arguments(FunctionCallInfo fcinfo);

#endif							/* BASE_PATCH_H */
