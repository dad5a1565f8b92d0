/*-------------------------------------------------------------------------
 *
 * patch_file_fuzzer.c
 *		Feeds any bytes to the reader of patch files
 *
 * For libFuzzer; see "run" beside it.  Besides not to crash, reading must not
 * depend on how much of the script is there: as soon as a beginning of it
 * is enough, the answer is that for the whole.  Each text has memory of just
 * its size, so that the sanitizer sees a read past it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/file.h"
#include "patch/graph.h"
#include "sql/call_search.h"

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

/* How many errors are there? */
static int
count_errors(const ProblemList *problems)
{
	int			count = 0;
	int			i;

	for (i = 0; i < problems->count; i++)
		count += problems->items[i].level == PROBLEM_ERROR;
	return count;
}

/*
 * Do two readings agree?  Warnings do not count: after the last place, a
 * part of a string may still look as if it hid something.
 */
static bool
are_equal(const PatchFile *a, const PatchFile *b)
{
	int			i;

	if (a->count != b->count ||
		count_errors(&a->problems) != count_errors(&b->problems))
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->calls[i].name, b->calls[i].name) != 0 ||
			a->calls[i].line != b->calls[i].line)
			return false;
	return true;
}

/* Read so many bytes, from memory of that size. */
static PatchFile *
read_copy(const uint8 *data, size_t size, size_t last_place, bool is_whole)
{
	char	   *text = malloc(size);
	PatchFile  *file;

	if (text == NULL && size > 0)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	file = patch_file_read_text(text, size, last_place, is_whole);
	free(text);
	return file;
}

/* Read the text; the result shall not depend on a shorter piece of it. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	size_t		last_place = sql_call_search_last((const char *) data, size);
	PatchFile  *whole;
	PatchFile  *part;
	PatchGraph *graph;
	int			order[2];
	ProblemList problems = {0};

	if (last_place == CALL_SEARCH_NONE)
		last_place = 0;

	whole = read_copy(data, size, size, true);
	part = read_copy(data, size - size / 4, last_place, false);
	if (part != NULL)
	{
		if (!are_equal(whole, part))
			abort();
		patch_file_free(part);
	}

	graph = patch_graph_create();
	patch_graph_add(graph, "a", whole);
	patch_graph_add(graph, "b", whole);
	(void) patch_graph_sort(graph, order, &problems);
	problem_free(&problems);
	patch_graph_free(graph);

	patch_file_free(whole);
	return 0;
}
