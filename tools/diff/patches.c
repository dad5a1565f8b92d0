/*-------------------------------------------------------------------------
 *
 * diff/patches.c
 *		In which patches two databases differ
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "diff/patches.h"

/* By name, for qsort */
static int
compare_names(const void *a, const void *b)
{
	return strcmp((*(const AppliedPatch *const *) a)->name,
				  (*(const AppliedPatch *const *) b)->name);
}

/* The patches of a register by their names; the caller frees it. */
static const AppliedPatch **
sort(const Register *reg)
{
	const AppliedPatch **patches = pg_malloc((reg->count + 1) *
											 sizeof(*patches));
	int			i;

	for (i = 0; i < reg->count; i++)
		patches[i] = &reg->patches[i];
	qsort(patches, reg->count, sizeof(*patches), compare_names);
	return patches;
}

bool
diff_patches_has_other_file(const DiffPatch *patch)
{
	const char *a = patch->patches[0]->sha256;
	const char *b = patch->patches[1]->sha256;

	return a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0;
}

/* Is there anything to be said of it? */
static bool
differs(const DiffPatch *patch)
{
	if (patch->patches[0] == NULL || patch->patches[1] == NULL)
		return true;
	return diff_patches_has_other_file(patch) ||
		(patch->patches[0]->unfinished == NULL) !=
		(patch->patches[1]->unfinished == NULL);
}

DiffPatches
diff_patches_compare(const DiffSide *sides)
{
	DiffPatches result = {NULL, 0};
	const Register *a = sides[0].reg;
	const Register *b = sides[1].reg;
	const AppliedPatch **first;
	const AppliedPatch **second;
	int			i = 0;
	int			j = 0;

	if (a == NULL || b == NULL)
		return result;
	first = sort(a);
	second = sort(b);
	while (i < a->count || j < b->count)
	{
		int			order = i == a->count ? 1 : j == b->count ? -1 :
			compare_names(&first[i], &second[j]);
		DiffPatch	patch = {{NULL, NULL}};

		if (order <= 0)
			patch.patches[0] = first[i++];
		if (order >= 0)
			patch.patches[1] = second[j++];
		if (!differs(&patch))
			continue;
		ARRAY_MAKE_ROOM(result.items, result.count);
		result.items[result.count++] = patch;
	}
	pg_free(first);
	pg_free(second);
	return result;
}
