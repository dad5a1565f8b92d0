/*-------------------------------------------------------------------------
 *
 * patch_file_fuzzer.c
 *		Feeds any bytes to the reader of patch files
 *
 * For libFuzzer; see "run" beside it.  Besides not to crash, reading must not
 * depend on whether it stops after the last place where a call may be, or goes
 * on to the end.  Each text has memory of just its size, so that the sanitizer
 * sees a read past it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/graph.h"
#include "script/outline.h"

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

	/* Of a file that registers nothing, they may not have been looked for */
	if (a->count > 0 && a->job_count != b->job_count)
		return false;
	for (i = 0; a->count > 0 && i < a->job_count; i++)
		if (strcmp(a->jobs[i].name, b->jobs[i].name) != 0 ||
			a->jobs[i].action != b->jobs[i].action)
			return false;
	return true;
}

/* Read the text; the result shall not depend on reading on to its end. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	FileBytes	bytes = {malloc(size), size, false};
	PatchFile  *part;
	ScriptOutline *outline;
	PatchGraph *graph;
	int			order[2];
	ProblemList problems = {0};

	if (bytes.text == NULL && size > 0)
		abort();
	if (size > 0)
		memcpy(bytes.text, data, size);
	part = patch_file_read(&bytes, true);
	outline = script_outline_read("script.sql", &bytes, false);
	if (!are_equal(outline->file, part))
		abort();

	graph = patch_graph_create();
	patch_graph_add(graph, "a", part);
	patch_graph_add(graph, "b", part);
	(void) patch_graph_sort(graph, order, &problems);
	problem_free(&problems);
	patch_graph_free(graph);

	patch_file_free(part);
	script_outline_free(outline);
	free(bytes.text);
	return 0;
}
