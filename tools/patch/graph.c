/*-------------------------------------------------------------------------
 *
 * patch/graph.c
 *		Which of several patch files must come before which
 *
 * The graph has two kinds of nodes: files, and names of patches.  A name has
 * been provided when all files that register it are done (mostly it is one),
 * a file is ready when all names that it requires have been provided.  With
 * the names in between, the number of edges is that of registrations and
 * requirements, however many files register or require the same.
 *
 * Sorting takes, again and again, the first file of those that are ready.
 * Files that never get ready are in a cycle or require one; from each of them
 * we go to a file that it waits for, and so on, until we meet a file for the
 * second time: then that is a cycle.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "lib/stringinfo.h"
#include "patch/graph.h"
#include "patch/heap.h"

/* As many names of a cycle are shown, beside that which it comes back to. */
#define MOST_SHOWN 10

PatchGraph *
patch_graph_create(void)
{
	PatchGraph *graph = pg_malloc0(sizeof(PatchGraph));

	graph->index = name_table_create(64);
	return graph;
}

void
patch_graph_free(PatchGraph *graph)
{
	name_table_free(graph->index);
	pg_free(graph->names);
	pg_free(graph->files);
	pg_free(graph->links);
	pg_free(graph);
}

/* The name's node: it has one. */
static GraphName *
find_name(const PatchGraph *graph, const char *name)
{
	return &graph->names[name_table_find(graph->index, name)];
}

/* The name's node, a new one if there is none. */
static GraphName *
find_or_add_name(PatchGraph *graph, const char *name)
{
	int			number = name_table_add(graph->index, name);
	GraphName  *node;

	if (number < graph->name_count)
		return &graph->names[number];

	ARRAY_MAKE_ROOM(graph->names, graph->name_count);
	node = &graph->names[graph->name_count++];
	memset(node, 0, sizeof(*node));
	node->providers = node->last_provider = node->waiting = PATCH_GRAPH_NONE;
	node->seen = PATCH_GRAPH_NONE;
	return node;
}

/* A new link to a file. */
static int
add_link(PatchGraph *graph, int file, int next)
{
	ARRAY_MAKE_ROOM(graph->links, graph->link_count);
	graph->links[graph->link_count].file = file;
	graph->links[graph->link_count].next = next;
	return graph->link_count++;
}

void
patch_graph_add(PatchGraph *graph, const char *path, const PatchFile *file)
{
	int			number = graph->file_count;
	GraphFile  *node;
	int			i;

	ARRAY_MAKE_ROOM(graph->files, graph->file_count);
	node = &graph->files[graph->file_count++];
	memset(node, 0, sizeof(*node));
	node->path = path;
	node->file = file;

	for (i = 0; i < file->count; i++)
	{
		const PatchCall *call = &file->calls[i];
		GraphName  *name;
		int			link;

		if (call->action == PATCH_UNREGISTER)
			continue;
		name = find_or_add_name(graph, call->name);
		if (name->last_provider != PATCH_GRAPH_NONE &&
			graph->links[name->last_provider].file == number)
			continue;
		link = add_link(graph, number, PATCH_GRAPH_NONE);
		if (name->last_provider == PATCH_GRAPH_NONE)
			name->providers = link;
		else
			graph->links[name->last_provider].next = link;
		name->last_provider = link;
		name->missing++;
	}
}

/*
 * Let a file wait for the names that it requires.  One that it registers
 * itself before is none of them.
 */
static void
await_requirements(PatchGraph *graph, int number, ProblemList *problems)
{
	GraphFile  *node = &graph->files[number];
	int			i;

	for (i = 0; i < node->file->count; i++)
	{
		const PatchCall *call = &node->file->calls[i];
		const SimpleStringListCell *cell;

		if (call->action == PATCH_UNREGISTER)
			continue;
		for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		{
			GraphName  *name = find_or_add_name(graph, cell->val);

			if (name->seen == number)
				continue;
			if (name->providers == PATCH_GRAPH_NONE)
				problem_add(problems, PROBLEM_WARNING, node->path,
							call->line,
							"patch \"%s\" requires \"%s\", which none of "
							"the files registers", call->name, cell->val);
			else
			{
				name->waiting = add_link(graph, number, name->waiting);
				node->missing++;
			}
		}
		find_name(graph, call->name)->seen = number;
	}
}

/*
 * The file is done: what it registers may make others ready.  A name that it
 * registers twice counts once: "pass" tells.
 */
static void
finish_file(PatchGraph *graph, int number, int pass, FileHeap *ready)
{
	GraphFile  *node = &graph->files[number];
	int			i;

	node->is_done = true;
	for (i = 0; i < node->file->count; i++)
	{
		const PatchCall *call = &node->file->calls[i];
		GraphName  *name;
		int			link;

		if (call->action == PATCH_UNREGISTER)
			continue;
		name = find_name(graph, call->name);
		if (name->seen == pass)
			continue;
		name->seen = pass;
		if (--name->missing > 0)
			continue;
		for (link = name->waiting; link != PATCH_GRAPH_NONE;
			 link = graph->links[link].next)
		{
			int			waiting = graph->links[link].file;

			if (--graph->files[waiting].missing == 0)
				patch_heap_push(ready, waiting);
		}
	}
}

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
			GraphName  *name = find_name(graph, cell->val);

			if (name->missing == 0 || name->seen == pass)
				continue;
			obstacle->call = call;
			obstacle->name = cell->val;
			obstacle->file = first_provider(graph, name);
			return;
		}
		find_name(graph, call->name)->seen = pass;
	}
}

/* Append the next name or path of a cycle, the one of that number. */
static void
append_step(StringInfo text, int number, bool is_last, const char *next)
{
	if (is_last && number > MOST_SHOWN)
		appendStringInfo(text, " -> ... and %d more", number - MOST_SHOWN);
	if (is_last || number < MOST_SHOWN)
		appendStringInfo(text, " -> %s", next);
}

/* Complain about a file that waits for itself. */
static void
complain_of_order(const GraphFile *file, const Obstacle *obstacle,
				  ProblemList *problems)
{
	const char *name = obstacle->call->name;

	if (strcmp(name, obstacle->name) == 0)
		problem_add(problems, PROBLEM_ERROR, file->path, obstacle->call->line,
					"patch \"%s\" requires itself", name);
	else
		problem_add(problems, PROBLEM_ERROR, file->path, obstacle->call->line,
					"patch \"%s\" requires \"%s\", which the file registers "
					"only after it", name, obstacle->name);
}

/* Complain about the cycle that the file is in. */
static void
describe_cycle(const PatchGraph *graph, const Obstacle *obstacles,
			   int number, ProblemList *problems)
{
	StringInfoData names;
	StringInfoData paths;
	int			first = number;
	int			file;
	int			i;

	/* Begin with the file that was given first */
	for (file = obstacles[number].file; file != number;
		 file = obstacles[file].file)
		first = Min(first, file);

	initStringInfo(&names);
	initStringInfo(&paths);
	appendStringInfoString(&names, obstacles[first].call->name);
	appendStringInfoString(&paths, graph->files[first].path);
	for (i = 1, file = first; i == 1 || file != first; i++)
	{
		const Obstacle *obstacle = &obstacles[file];

		file = obstacle->file;
		append_step(&names, i, file == first, obstacle->name);
		append_step(&paths, i, file == first, graph->files[file].path);
	}

	problem_add(problems, PROBLEM_ERROR, graph->files[first].path,
				obstacles[first].call->line,
				"patches require each other: %s (%s)",
				names.data, paths.data);
	pfree(names.data);
	pfree(paths.data);
}

/*
 * Complain about all cycles, and warn of what else is not done.  Each waits
 * for another one that is not done.  We go to the first of those, and so on,
 * until we meet a file for the second time.  If that was on the same walk, the
 * way between is a cycle.  All others require one.
 */
static void
explain_cycles(PatchGraph *graph, ProblemList *problems)
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
		if (obstacles[file].file == file)
			complain_of_order(&graph->files[file], &obstacles[file], problems);
		else
			describe_cycle(graph, obstacles, file, problems);
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
		problem_add(problems, PROBLEM_WARNING, graph->files[i].path,
					obstacles[i].call->line,
					"this is left out, as it requires \"%s\" of %s, which "
					"is left out", obstacles[i].name,
					graph->files[obstacles[i].file].path);
	}
	pg_free(obstacles);
	pg_free(is_in_cycle);
}

int
patch_graph_sort(PatchGraph *graph, int *order, ProblemList *problems)
{
	FileHeap	ready;
	int			count = 0;
	int			i;

	patch_heap_init(&ready, graph->file_count);
	for (i = 0; i < graph->file_count; i++)
	{
		GraphFile  *node = &graph->files[i];

		if (!patch_file_has(node->file, false))
		{
			problem_add(problems, PROBLEM_WARNING, node->path, 0,
						"this registers no patch, so it is left out");
			node->is_done = true;
			continue;
		}
		await_requirements(graph, i, problems);
		if (node->missing == 0)
			patch_heap_push(&ready, i);
	}

	while (ready.count > 0)
	{
		int			first = patch_heap_pop(&ready);

		order[count++] = first;
		finish_file(graph, first, graph->file_count + first, &ready);
	}
	patch_heap_free(&ready);

	explain_cycles(graph, problems);
	return count;
}
