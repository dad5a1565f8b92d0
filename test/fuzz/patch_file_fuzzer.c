/*-------------------------------------------------------------------------
 *
 * patch_file_fuzzer.c
 *		Feeds any bytes to the reader of patch files
 *
 * For libFuzzer; see "run" beside it.  Besides not to crash, reading must not
 * depend on how much of the script is at hand: as soon as a beginning of it
 * is enough, the answer is that for the whole.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "call_search.h"
#include "patch_file.h"
#include "patch_graph.h"

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

/* Do two readings agree? */
static bool
are_equal(const PatchFile *a, const PatchFile *b)
{
	int			i;

	if (a->count != b->count || a->complaints.count != b->complaints.count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->calls[i].name, b->calls[i].name) != 0 ||
			a->calls[i].line != b->calls[i].line)
			return false;
	return true;
}

/* Read the text; the result shall not depend on a shorter piece of it. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	char	   *text = pg_malloc(size + 1);
	size_t		last_place;
	PatchFile  *whole;
	PatchFile  *part;
	PatchGraph *graph;
	const char *paths[2];
	ComplaintList complaints = {NULL, 0, 0};

	memcpy(text, data, size);
	last_place = call_search_last(text, size);
	if (last_place == CALL_SEARCH_NONE)
		last_place = 0;

	whole = patch_file_read_text(text, size, size, true);
	part = patch_file_read_text(text, size - size / 4, last_place, false);
	if (part != NULL)
	{
		if (!are_equal(whole, part))
			abort();
		patch_file_free(part);
	}

	graph = patch_graph_create();
	patch_graph_add(graph, "a", whole);
	patch_graph_add(graph, "b", whole);
	patch_graph_sort(graph, paths, &complaints);
	complaint_free(&complaints);
	patch_graph_free(graph);

	patch_file_free(whole);
	pg_free(text);
	return 0;
}
