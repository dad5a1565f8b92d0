/*-------------------------------------------------------------------------
 *
 * patch_cycle.c
 *		Why some files cannot be put into an order
 *
 * Each file that is left over waits for another that is left over.  From
 * each of them we go to the first one that it waits for, and so on, until we
 * meet a file for the second time.  If that was on the same walk, the way
 * between is a cycle.  All others are behind one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "lib/stringinfo.h"
#include "patch_cycle.h"

/* What keeps a file from being applied */
typedef struct Obstacle
{
	const PatchCall *call;		/* a registration in it */
	const char *name;			/* what that requires */
	int			file;			/* which registers it, and is left over too */
} Obstacle;

/* The first of the files that register the name and are left over. */
static int
first_provider(const PatchGraph *graph, const GraphName *name)
{
	int			link = name->providers;

	while (graph->files[graph->links[link].file].is_done)
		link = graph->links[link].next;
	return graph->links[link].file;
}

/* Find the first obstacle of a file that is left over: it has one. */
static void
find_obstacle(PatchGraph *graph, int number, Obstacle *obstacle)
{
	const PatchFile *file = graph->files[number].file;
	int			pass = 2 * graph->file_count + number;
	int			i;

	for (i = 0; i < file->count; i++)
	{
		const PatchCall *call = &file->calls[i];
		const SimpleStringListCell *cell;

		if (call->action == PATCH_UNREGISTER)
			continue;
		for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		{
			GraphName  *name = patch_graph_find(graph, cell->val);

			if (name->missing == 0 || name->seen == pass)
				continue;
			obstacle->call = call;
			obstacle->name = cell->val;
			obstacle->file = first_provider(graph, name);
			return;
		}
		patch_graph_find(graph, call->name)->seen = pass;
	}
}

/* Complain about the cycle that the file is in. */
static void
describe_cycle(const PatchGraph *graph, const Obstacle *obstacles,
			   int number, ComplaintList *complaints)
{
	StringInfoData names;
	StringInfoData paths;
	int			first = number;
	int			file;

	/* Begin with the file that was given first */
	for (file = obstacles[number].file; file != number;
		 file = obstacles[file].file)
		first = Min(first, file);

	initStringInfo(&names);
	initStringInfo(&paths);
	appendStringInfoString(&names, obstacles[first].call->name);
	appendStringInfoString(&paths, graph->files[first].path);
	file = first;
	do
	{
		appendStringInfo(&names, " -> %s", obstacles[file].name);
		file = obstacles[file].file;
		appendStringInfo(&paths, " -> %s", graph->files[file].path);
	} while (file != first);

	complaint_add(complaints, COMPLAINT_ERROR, graph->files[first].path,
				  obstacles[first].call->line,
				  "patches require each other: %s (%s)",
				  names.data, paths.data);
	pfree(names.data);
	pfree(paths.data);
}

/* Complain about all files that are not done. */
void
patch_cycle_explain(PatchGraph *graph, ComplaintList *complaints)
{
	Obstacle   *obstacles = NULL;
	bool	   *is_in_cycle = NULL;
	int			i;

	for (i = 0; i < graph->file_count; i++)
	{
		int			walk = i + 1;
		int			file = i;

		if (graph->files[i].is_done)
			continue;
		if (obstacles == NULL)
		{
			obstacles = pg_malloc0(graph->file_count * sizeof(Obstacle));
			is_in_cycle = pg_malloc0(graph->file_count * sizeof(bool));
		}

		while (graph->files[file].walk == 0)
		{
			graph->files[file].walk = walk;
			find_obstacle(graph, file, &obstacles[file]);
			file = obstacles[file].file;
		}
		if (graph->files[file].walk != walk || is_in_cycle[file])
			continue;
		describe_cycle(graph, obstacles, file, complaints);
		while (!is_in_cycle[file])
		{
			is_in_cycle[file] = true;
			file = obstacles[file].file;
		}
	}

	for (i = 0; i < graph->file_count; i++)
	{
		if (graph->files[i].is_done || is_in_cycle[i])
			continue;
		complaint_add(complaints, COMPLAINT_ERROR, graph->files[i].path,
					  obstacles[i].call->line,
					  "this is left out, as it requires \"%s\" of %s, which "
					  "is left out", obstacles[i].name,
					  graph->files[obstacles[i].file].path);
	}
	pg_free(obstacles);
	pg_free(is_in_cycle);
}
