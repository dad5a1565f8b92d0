/*-------------------------------------------------------------------------
 *
 * plan/state.c
 *		What the project and the register together say of each patch
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/state.h"
#include "pqexpbuffer.h"

static const char *const kind_names[] = {
	[PATCH_IS_APPLIED] = "applied",
	[PATCH_IS_PENDING] = "pending",
	[PATCH_IS_WAITING] = "waiting",
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

/* Append names, or that there are none. */
static void
append_names(PQExpBuffer text, const SimpleStringList *names)
{
	const SimpleStringListCell *cell;

	for (cell = names->head; cell != NULL; cell = cell->next)
		appendPQExpBuffer(text, "%s\"%s\"", cell == names->head ? "" : ", ",
						  cell->val);
	if (names->head == NULL)
		appendPQExpBufferStr(text, "nothing");
}

char *
plan_state_claim(const SimpleStringList *requirements,
				 const SimpleStringList *conflicts)
{
	PQExpBufferData text;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, "requires ");
	append_names(&text, requirements);
	appendPQExpBufferStr(&text, " and conflicts with ");
	append_names(&text, conflicts);
	return text.data;
}

/* Does a list have all the names of another one? */
static bool
has_all(const SimpleStringList *list, const SimpleStringList *names)
{
	const SimpleStringListCell *cell;

	for (cell = names->head; cell != NULL; cell = cell->next)
		if (!simple_string_list_member(unconstify(SimpleStringList *, list),
									   cell->val))
			return false;
	return true;
}

/* Do two lists have the same names? */
static bool
same_names(const SimpleStringList *a, const SimpleStringList *b)
{
	return has_all(a, b) && has_all(b, a);
}

/* Is a file, with what it includes, another one than was applied? */
static bool
has_changed(const ProjectFile *file, const AppliedPatch *applied)
{
	SourceDigest digest;

	return applied->sha256[0] != '\0' && project_digest(file, digest) &&
		!project_source_matches(file->path, digest, applied->sha256);
}

/* The state of an applied patch. */
static void
add_applied(PatchStates *states, const Project *project,
			const AppliedPatch *applied)
{
	PatchState *state = &states->items[states->count++];
	const ProjectName *name = project_find_patch(project, applied->name);

	state->name = applied->name;
	state->kind = PATCH_IS_APPLIED;
	state->applied = applied;
	state->requirements = &applied->requirements;
	state->conflicts = &applied->conflicts;
	if (name == NULL)
	{
		states->without_file++;
		return;
	}
	state->call = name->patch;
	state->file = &project->patches[name->patch_file];
	state->differs =
		!same_names(&state->call->requirements, state->requirements) ||
		!same_names(&state->call->conflicts, state->conflicts);
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
		if (number == PROJECT_NONE || project->names[number].patch != call ||
			!plan_judge_is_pending(reg, call))
			continue;
		numbers[number] = states->count;
		state = &states->items[states->count++];
		state->name = call->name;
		state->kind = PATCH_IS_PENDING;
		state->call = call;
		state->file = file;
		state->requirements = &call->requirements;
		state->conflicts = &call->conflicts;
	}
}

/*
 * The states of what is not applied: of the files in the order in which they
 * would be applied, and then of those that have no place in it.
 */
static void
add_all_pending(PatchStates *states, const Project *project,
				const Register *reg, int *numbers)
{
	const Judgement *judgement = states->judgement;
	bool	   *is_added = pg_malloc0(project->patch_count + 1);
	int			i;

	for (i = 0; i < judgement->order_count; i++)
	{
		int			file = judgement->order[i];

		is_added[file] = true;
		add_pending(states, project, reg, &project->patches[file], numbers);
	}
	for (i = 0; i < project->patch_count; i++)
		if (!is_added[i])
			add_pending(states, project, reg, &project->patches[i], numbers);
	pg_free(is_added);
}

/* Note what stands in the way of those that are pending. */
static void
add_obstacles(PatchStates *states, const Project *project,
			  const int *numbers)
{
	int			i;

	for (i = 0; i < states->judgement->count; i++)
	{
		const Obstacle *obstacle = &states->judgement->obstacles[i];
		int			number = numbers[project_find(project,
												  obstacle->call->name)];
		char	   *reason;

		if (number < 0 || states->items[number].call != obstacle->call)
			continue;
		states->items[number].kind = PATCH_IS_BLOCKED;
		reason = plan_judge_phrase(obstacle);
		simple_string_list_append(&states->items[number].reasons, reason);
		pg_free(reason);
	}
}

/* Note which of those that are pending wait for a job, and nothing else. */
static void
add_waits(PatchStates *states, const Project *project)
{
	int			i;

	for (i = 0; i < states->count; i++)
	{
		PatchState *state = &states->items[i];
		int			file = state->file - project->patches;
		char	   *reason;

		if (state->kind != PATCH_IS_PENDING ||
			!plan_judge_waits(states->judgement, file))
			continue;
		state->kind = PATCH_IS_WAITING;
		reason = plan_judge_wait_phrase(states->judgement, file);
		simple_string_list_append(&state->reasons, reason);
		pg_free(reason);
	}
}

/* The state of that name, added if there is none. */
static PatchState *
find_or_add(PatchStates *states, const char *name)
{
	static const SimpleStringList nothing = {NULL, NULL};
	PatchState *state;
	int			i;

	for (i = 0; i < states->count; i++)
		if (strcmp(states->items[i].name, name) == 0)
			return &states->items[i];
	state = &states->items[states->count++];
	state->name = name;
	state->requirements = state->conflicts = &nothing;
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
		if (state->call != NULL || state->applied == NULL)
			continue;
		state->requirements = &state->applied->requirements;
		state->conflicts = &state->applied->conflicts;
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
	int			counts[lengthof(kind_names)] = {0};
	int			i;

	for (i = 0; i < states->count; i++)
		counts[states->items[i].kind]++;
	states->applied = counts[PATCH_IS_APPLIED];
	states->pending = counts[PATCH_IS_PENDING];
	states->waiting = counts[PATCH_IS_WAITING];
	states->blocked = counts[PATCH_IS_BLOCKED];
	states->unfinished = counts[PATCH_IS_UNFINISHED];
	states->in_progress = counts[PATCH_IS_BEING_APPLIED] +
		counts[PATCH_IS_BEING_TAKEN_BACK];
}

PatchStates *
plan_state_create(const Project *project, const Register *reg)
{
	PatchStates *states = pg_malloc0(sizeof(PatchStates));
	int		   *numbers = pg_malloc((project->name_count + 1) * sizeof(int));
	int			rows = reg == NULL ? 0 :
		reg->count + reg->unfinished.count + reg->progress.count;
	int			i;

	states->items = pg_malloc0((rows + project->name_count + 1) *
							   sizeof(PatchState));
	for (i = 0; i < project->name_count; i++)
		numbers[i] = -1;
	for (i = 0; reg != NULL && i < reg->count; i++)
		if (reg->patches[i].unfinished == NULL)
			add_applied(states, project, &reg->patches[i]);
	states->judgement = plan_judge_create(project, reg, NULL);
	add_all_pending(states, project, reg, numbers);
	add_obstacles(states, project, numbers);
	add_waits(states, project);
	pg_free(numbers);

	if (reg != NULL)
	{
		states->jobs = &reg->jobs;
		add_unfinished(states, reg);
		add_sessions(states, &reg->progress);
	}
	count_kinds(states);
	return states;
}

void
plan_state_free(PatchStates *states)
{
	int			i;

	for (i = 0; i < states->count; i++)
		simple_string_list_destroy(&states->items[i].reasons);
	plan_judge_free(states->judgement);
	pg_free(states->items);
	pg_free(states);
}
