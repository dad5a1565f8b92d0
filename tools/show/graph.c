/*-------------------------------------------------------------------------
 *
 * show/graph.c
 *		The patches as a graph to be drawn
 *
 * The nodes are the patches that the files register, in the order of the
 * files, then those that only the register knows, then names that are merely
 * required or in conflict.  What a patch requires is taken from its file, or,
 * if there is none, from the register.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/state.h"
#include "show/graph.h"

/* The number of the node of that name, which is unknown if it is new. */
static int
find_or_add_node(Drawing *drawing, const char *name)
{
	int			number = name_table_add(drawing->table, name);
	DrawingNode *node;

	if (number < drawing->node_count)
		return number;
	if (drawing->node_count == drawing->node_space)
	{
		drawing->node_space = Max(64, 2 * drawing->node_space);
		drawing->nodes = pg_realloc(drawing->nodes, drawing->node_space *
									sizeof(DrawingNode));
	}
	node = &drawing->nodes[drawing->node_count++];
	memset(node, 0, sizeof(*node));
	node->name = name;
	return number;
}

/*
 * Is it the first edge between the two?  A requirement has a direction, a
 * conflict has none: whoever declares it, it is drawn once.
 */
static bool
is_new_edge(Drawing *drawing, int from, int to, bool is_conflict)
{
	char		key[64];
	int			known = drawing->edge_count;

	if (is_conflict)
		snprintf(key, sizeof(key), "%d - %d", Min(from, to), Max(from, to));
	else
		snprintf(key, sizeof(key), "%d > %d", from, to);
	return name_table_add(drawing->drawn, key) == known;
}

/*
 * Add an edge.  All edges of one node come together, one after the other.
 */
static void
add_edge(Drawing *drawing, int from, const char *name, bool is_conflict)
{
	int			to = find_or_add_node(drawing, name);
	DrawingNode *node = &drawing->nodes[from];
	DrawingEdge *edge;

	if (!is_new_edge(drawing, from, to, is_conflict))
		return;
	if (drawing->edge_count == drawing->edge_space)
	{
		drawing->edge_space = Max(64, 2 * drawing->edge_space);
		drawing->edges = pg_realloc(drawing->edges, drawing->edge_space *
									sizeof(DrawingEdge));
	}
	if (node->edge_count++ == 0)
		node->first_edge = drawing->edge_count;
	edge = &drawing->edges[drawing->edge_count++];
	edge->from = from;
	edge->to = to;
	edge->is_conflict = is_conflict;
}

/* Add the edges of a patch that a file has. */
static void
add_edges_of_call(Drawing *drawing, const PatchCall *call)
{
	int			from = find_or_add_node(drawing, call->name);
	const SimpleStringListCell *cell;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		add_edge(drawing, from, cell->val, false);
	for (cell = call->conflicts.head; cell != NULL; cell = cell->next)
		add_edge(drawing, from, cell->val, true);
}

/* Add the edges of a patch that only the register has. */
static void
add_edges_of_applied(Drawing *drawing, const AppliedPatch *applied)
{
	int			from = find_or_add_node(drawing, applied->name);
	int			i;

	for (i = 0; i < applied->requirement_count; i++)
		add_edge(drawing, from, applied->requirements[i], false);
	for (i = 0; i < applied->conflict_count; i++)
		add_edge(drawing, from, applied->conflicts[i], true);
}

/*
 * Do something with each call that registers a patch: of several calls for
 * one patch, with the first.
 */
static void
visit_calls(Drawing *drawing, const Project *project,
			void (*visit) (Drawing *drawing, const PatchCall *call))
{
	int			i;
	int			j;

	for (i = 0; i < project->patch_count; i++)
	{
		const PatchFile *file = project->patches[i].file;

		for (j = 0; j < file->count; j++)
		{
			const PatchCall *call = &file->calls[j];
			int			number = project_find(project, call->name);

			if (number != PROJECT_NONE &&
				project->names[number].patch == call)
				visit(drawing, call);
		}
	}
}

/* Add the node of a patch that a file has. */
static void
add_node_of_call(Drawing *drawing, const PatchCall *call)
{
	int			number = find_or_add_node(drawing, call->name);

	drawing->nodes[number].kind = DRAWING_FILE;
}

/* What the files and the register together say of a patch */
static DrawingKind
kind_of_state(const PatchState *state)
{
	if (state->applied != NULL && state->call == NULL)
		return DRAWING_WITHOUT_FILE;
	switch (state->kind)
	{
		case PATCH_IS_APPLIED:
		case PATCH_IS_BEING_APPLIED:
			return DRAWING_APPLIED;
		case PATCH_IS_PENDING:
		case PATCH_IS_UNFINISHED:
		case PATCH_IS_BEING_TAKEN_BACK:
			return DRAWING_PENDING;
		case PATCH_IS_BLOCKED:
			return DRAWING_BLOCKED;
	}
	return DRAWING_UNKNOWN;
}

/* Add the nodes that only the register has, and the states of all. */
static void
add_states(Drawing *drawing, const PatchStates *states)
{
	int			i;

	for (i = 0; i < states->count; i++)
	{
		int			number = find_or_add_node(drawing,
											  states->items[i].name);

		drawing->nodes[number].kind = kind_of_state(&states->items[i]);
	}
}

Drawing *
show_graph_create(const Project *project, const Register *reg)
{
	Drawing    *drawing = pg_malloc0(sizeof(Drawing));
	int			i;

	drawing->table = name_table_create(project->name_count);
	drawing->drawn = name_table_create(2 * project->name_count);

	visit_calls(drawing, project, add_node_of_call);
	if (reg != NULL)
	{
		PatchStates *states = plan_state_create(project, reg);

		add_states(drawing, states);
		plan_state_free(states);
	}

	visit_calls(drawing, project, add_edges_of_call);
	for (i = 0; reg != NULL && i < reg->count; i++)
	{
		int			number = find_or_add_node(drawing, reg->patches[i].name);

		if (drawing->nodes[number].kind == DRAWING_WITHOUT_FILE)
			add_edges_of_applied(drawing, &reg->patches[i]);
	}
	return drawing;
}

void
show_graph_free(Drawing *drawing)
{
	name_table_free(drawing->table);
	name_table_free(drawing->drawn);
	pg_free(drawing->nodes);
	pg_free(drawing->edges);
	pg_free(drawing);
}

/* Show a node; what it requires waits to be shown, unless it is already. */
static void
show_node(Drawing *drawing, int number, int *waiting, int *count)
{
	if (drawing->nodes[number].is_shown)
		return;
	drawing->nodes[number].is_shown = true;
	waiting[(*count)++] = number;
}

bool
show_graph_show(Drawing *drawing, const char *name)
{
	int			first = name_table_find(drawing->table, name);
	int		   *waiting;
	int			count = 0;

	if (first == NAME_TABLE_NONE)
		return false;

	/* A node waits at most once */
	waiting = pg_malloc(drawing->node_count * sizeof(int));
	show_node(drawing, first, waiting, &count);
	while (count > 0)
	{
		const DrawingNode *from = &drawing->nodes[waiting[--count]];
		int			i;

		for (i = from->first_edge; i < from->first_edge + from->edge_count;
			 i++)
			if (!drawing->edges[i].is_conflict)
				show_node(drawing, drawing->edges[i].to, waiting, &count);
	}
	pg_free(waiting);
	return true;
}

void
show_graph_show_all(Drawing *drawing)
{
	int			i;

	for (i = 0; i < drawing->node_count; i++)
		drawing->nodes[i].is_shown = true;
}
