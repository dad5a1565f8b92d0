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

extern text *patch_name_argument(FunctionCallInfo fcinfo);
extern Patch patch_arguments(FunctionCallInfo fcinfo);

#endif							/* BASE_PATCH_H */
