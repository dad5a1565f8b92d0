/*-------------------------------------------------------------------------
 *
 * plan/state.c
 *		What the project and the register together say of each patch
 *
 * A pending patch is blocked if it requires something that is not there, is
 * in conflict with a patch that is, or says that it conflicts with another
 * pending one (which may well be applied, if this one is not).  So is
 * what requires a blocked patch: requirements are followed depth first, with
 * a stack of our own, and each patch is judged when all that it requires has
 * been.  One that is met again while it is on the stack is in a circle.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/state.h"

static const char *const kind_names[] = {
	[PATCH_IS_APPLIED] = "applied",
	[PATCH_IS_PENDING] = "pending",
	[PATCH_IS_BLOCKED] = "blocked",
	[PATCH_IS_UNFINISHED] = "unfinished",
	[PATCH_IS_BEING_APPLIED] = "being applied",
	[PATCH_IS_BEING_TAKEN_BACK] = "being taken back"
};

const char *
plan_state_name(PatchStateKind kind)
{
	return kind_names[kind];
}

/* Add a reason why a patch is blocked. */
static void
add_reason(PatchState *state, const char *format, const char *name)
{
	char	   *reason = psprintf(format, name);

	if (!simple_string_list_member(&state->reasons, reason))
		simple_string_list_append(&state->reasons, reason);
	state->kind = PATCH_IS_BLOCKED;
	pg_free(reason);
}

/* Do a list of a file and an array of the register have the same names? */
static bool
same_names(const SimpleStringList *list, char *const *names, int count)
{
	const SimpleStringListCell *cell;
	int			i;

	for (i = 0; i < count; i++)
	{
		for (cell = list->head; cell != NULL; cell = cell->next)
			if (strcmp(cell->val, names[i]) == 0)
				break;
		if (cell == NULL)
			return false;
	}
	for (cell = list->head; cell != NULL; cell = cell->next)
	{
		for (i = 0; i < count; i++)
			if (strcmp(cell->val, names[i]) == 0)
				break;
		if (i == count)
			return false;
	}
	return true;
}

/* Is a file, with what it includes, another one than was applied? */
static bool
has_changed(const ProjectFile *file, const AppliedPatch *applied)
{
	return applied->sha256[0] != '\0' && file->digest != NULL &&
		!project_source_matches(file->path, *file->digest, applied->sha256);
}

/* The state of an applied patch. */
static void
add_applied(PatchStates *states, const Project *project,
			const AppliedPatch *applied)
{
	PatchState *state = &states->items[states->count++];
	int			number = project_find(project, applied->name);

	state->name = applied->name;
	state->kind = PATCH_IS_APPLIED;
	state->applied = applied;
	if (number == PROJECT_NONE || project->names[number].patch == NULL)
	{
		states->without_file++;
		return;
	}
	state->call = project->names[number].patch;
	state->file = &project->patches[project->names[number].patch_file];
	state->differs =
		!same_names(&state->call->requirements, applied->requirements,
					applied->requirement_count) ||
		!same_names(&state->call->conflicts, applied->conflicts,
					applied->conflict_count);
	states->differing += state->differs;
	state->has_changed = has_changed(state->file, applied);
	states->changed += state->has_changed;
}

/* The states of what a file registers and is not applied. */
static void
add_pending(PatchStates *states, const Project *project, const Register *reg,
			const ProjectFile *file, int *numbers)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		int			number = project_find(project, call->name);
		PatchState *state;

		/* One of several calls that register the name counts */
		if (project->names[number].patch != call ||
			register_find(reg, call->name) != NULL)
			continue;
		numbers[number] = states->count;
		state = &states->items[states->count++];
		state->name = call->name;
		state->kind = PATCH_IS_PENDING;
		state->call = call;
		state->file = file;
	}
}

/* Is the patch blocked by what its file registers besides? */
static void
check_neighbours(PatchState *state, const Register *reg)
{
	int			i;

	for (i = 0; i < state->file->file->count; i++)
	{
		const PatchCall *call = &state->file->file->calls[i];

		if (call->action == PATCH_REGISTER &&
			register_find(reg, call->name) != NULL)
			add_reason(state,
					   "its file registers \"%s\" too, which is applied",
					   call->name);
	}
}

/* Is the patch blocked by a conflict that it declares itself? */
static void
check_conflicts(PatchStates *states, PatchState *state,
				const Project *project, const Register *reg,
				const int *numbers)
{
	const SimpleStringListCell *cell;

	for (cell = state->call->conflicts.head; cell != NULL; cell = cell->next)
	{
		int			number = project_find(project, cell->val);

		if (register_find(reg, cell->val) != NULL)
			add_reason(state, "conflicts with \"%s\", which is applied",
					   cell->val);
		else if (number != PROJECT_NONE && numbers[number] >= 0 &&
				 &states->items[numbers[number]] != state)
			add_reason(state, "conflicts with \"%s\", which is pending, too",
					   cell->val);
	}
}

/* Which pending patches are blocked by conflicts that applied ones declare? */
static void
check_applied_conflicts(PatchStates *states, const Project *project,
						const Register *reg, const int *numbers)
{
	int			i;
	int			j;

	for (i = 0; i < reg->count; i++)
		for (j = 0; j < reg->patches[i].conflict_count; j++)
		{
			int			number = project_find(project,
											  reg->patches[i].conflicts[j]);

			if (number != PROJECT_NONE && numbers[number] >= 0)
				add_reason(&states->items[numbers[number]],
						   "conflicts with \"%s\", which is applied",
						   reg->patches[i].name);
		}
}

/* A walk through the requirements of the pending patches */
typedef struct Walk
{
	PatchStates *states;
	const Project *project;
	const Register *reg;
	const int  *numbers;		/* of the states, by the number of the name */
	const SimpleStringListCell **next;	/* of each state: what to look at */
	bool	   *is_met;
	bool	   *is_on_stack;
	int		   *stack;
	int			depth;
} Walk;

/* The state of a pending patch, or -1. */
static int
pending_number(const Walk *walk, const char *name)
{
	int			number = project_find(walk->project, name);

	return number == PROJECT_NONE ? -1 : walk->numbers[number];
}

/* Go into a pending patch, unless we have been there. */
static void
enter(Walk *walk, int number)
{
	if (walk->is_met[number])
		return;
	walk->is_met[number] = walk->is_on_stack[number] = true;
	walk->next[number] =
		walk->states->items[number].call->requirements.head;
	walk->stack[walk->depth++] = number;
}

/* All that a patch requires has been judged: judge the patch. */
static void
leave(Walk *walk, int number)
{
	PatchState *state = &walk->states->items[number];
	const SimpleStringListCell *cell;

	for (cell = state->call->requirements.head; cell != NULL;
		 cell = cell->next)
	{
		int			required = pending_number(walk, cell->val);

		if (register_find(walk->reg, cell->val) != NULL)
			continue;
		if (required < 0 &&
			unfinished_find(&walk->reg->unfinished, cell->val) != NULL)
			add_reason(state, "requires \"%s\", which is unfinished, and not "
					   "registered by a file", cell->val);
		else if (required < 0)
			add_reason(state, "requires \"%s\", which is neither applied nor "
					   "registered by a file", cell->val);
		else if (walk->is_on_stack[required])
			add_reason(state, "requires \"%s\", which requires it in turn",
					   cell->val);
		else if (walk->states->items[required].kind == PATCH_IS_BLOCKED)
			add_reason(state, "requires \"%s\", which is blocked",
					   cell->val);
	}
	walk->is_on_stack[number] = false;
}

/* Walk through all that a pending patch requires. */
static void
judge(Walk *walk, int first)
{
	enter(walk, first);
	while (walk->depth > 0)
	{
		int			number = walk->stack[walk->depth - 1];
		const SimpleStringListCell *cell = walk->next[number];
		int			required;

		if (cell == NULL)
		{
			leave(walk, number);
			walk->depth--;
			continue;
		}
		walk->next[number] = cell->next;
		required = pending_number(walk, cell->val);
		if (required >= 0)
			enter(walk, required);
	}
}

/* Find what is blocked by what it requires. */
static void
check_requirements(PatchStates *states, const Project *project,
				   const Register *reg, const int *numbers)
{
	Walk		walk = {0};
	int			i;

	walk.states = states;
	walk.project = project;
	walk.reg = reg;
	walk.numbers = numbers;
	walk.next = pg_malloc0((states->count + 1) * sizeof(*walk.next));
	walk.is_met = pg_malloc0(states->count + 1);
	walk.is_on_stack = pg_malloc0(states->count + 1);
	walk.stack = pg_malloc((states->count + 1) * sizeof(int));
	for (i = 0; i < states->count; i++)
		if (states->items[i].applied == NULL)
			judge(&walk, i);
	pg_free(walk.stack);
	pg_free(walk.is_on_stack);
	pg_free(walk.is_met);
	pg_free(walk.next);
}

/* The state of that name, added if there is none. */
static PatchState *
find_or_add(PatchStates *states, const char *name)
{
	PatchState *state;
	int			i;

	for (i = 0; i < states->count; i++)
		if (strcmp(states->items[i].name, name) == 0)
			return &states->items[i];
	state = &states->items[states->count++];
	state->name = name;
	return state;
}

/*
 * Note which patches are unfinished.  Those that require them wait for them as
 * for pending ones, which they have been so far.
 */
static void
add_unfinished(PatchStates *states, const Register *reg)
{
	int			i;

	for (i = 0; i < reg->unfinished.count; i++)
	{
		const UnfinishedPatch *patch = &reg->unfinished.patches[i];
		PatchState *state = find_or_add(states, patch->name);

		state->kind = PATCH_IS_UNFINISHED;
		state->unfinished = patch;
		state->applied = register_find_row(reg, patch->name);
	}
}

/* Note which patches sessions are in. */
static void
add_sessions(PatchStates *states, const InProgress *progress)
{
	int			i;

	for (i = 0; i < progress->count; i++)
	{
		const PatchSession *session = &progress->sessions[i];
		PatchState *state = find_or_add(states, session->name);

		state->session = session;
		state->kind = session->takes_back ? PATCH_IS_BEING_TAKEN_BACK :
			PATCH_IS_BEING_APPLIED;
	}
}

/* Count the patches of each kind. */
static void
count_kinds(PatchStates *states)
{
	int			i;

	for (i = 0; i < states->count; i++)
		switch (states->items[i].kind)
		{
			case PATCH_IS_APPLIED:
				states->applied++;
				break;
			case PATCH_IS_PENDING:
				states->pending++;
				break;
			case PATCH_IS_BLOCKED:
				states->blocked++;
				break;
			case PATCH_IS_UNFINISHED:
				states->unfinished++;
				break;
			case PATCH_IS_BEING_APPLIED:
			case PATCH_IS_BEING_TAKEN_BACK:
				states->in_progress++;
				break;
		}
}

PatchStates *
plan_state_create(const Project *project, const Register *reg)
{
	PatchStates *states = pg_malloc0(sizeof(PatchStates));
	int		   *numbers = pg_malloc((project->name_count + 1) * sizeof(int));
	int			applied;
	int			i;

	states->items = pg_malloc0((reg->count + project->name_count +
								reg->unfinished.count +
								reg->progress.count + 1) *
							   sizeof(PatchState));
	for (i = 0; i < project->name_count; i++)
		numbers[i] = -1;
	for (i = 0; i < reg->count; i++)
		if (reg->patches[i].unfinished == NULL)
			add_applied(states, project, &reg->patches[i]);
	applied = states->count;
	for (i = 0; i < project->patch_count; i++)
		add_pending(states, project, reg, &project->patches[i], numbers);

	check_applied_conflicts(states, project, reg, numbers);
	for (i = applied; i < states->count; i++)
	{
		check_neighbours(&states->items[i], reg);
		check_conflicts(states, &states->items[i], project, reg, numbers);
	}
	check_requirements(states, project, reg, numbers);
	pg_free(numbers);

	add_unfinished(states, reg);
	add_sessions(states, &reg->progress);
	count_kinds(states);
	return states;
}

void
plan_state_free(PatchStates *states)
{
	int			i;

	for (i = 0; i < states->count; i++)
		simple_string_list_destroy(&states->items[i].reasons);
	pg_free(states->items);
	pg_free(states);
}
