/*-------------------------------------------------------------------------
 *
 * check/register.c
 *		What of the files does not go with what is applied
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/register.h"
#include "lib/stringinfo.h"
#include "plan/state.h"

/* Append names, or that there are none. */
static void
append_names(StringInfo text, char *const *names, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		appendStringInfo(text, "%s\"%s\"", i > 0 ? ", " : "", names[i]);
	if (count == 0)
		appendStringInfoString(text, "nothing");
}

/* The file says something else than it did when it was applied. */
static void
complain_of_difference(const PatchState *state, ProblemList *found)
{
	const AppliedPatch *applied = state->applied;
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "patch \"%s\" was applied as one that requires ",
					 state->name);
	append_names(&text, applied->requirements, applied->requirement_count);
	appendStringInfoString(&text, " and conflicts with ");
	append_names(&text, applied->conflicts, applied->conflict_count);
	problem_found(found, PROBLEM_DIFFERS, state->file->path,
				  state->call->line, "%s", text.data);
	pfree(text.data);
}

/* Does a file register this patch, which is not applied? */
static bool
is_pending(const Project *project, const Register *reg, const char *name)
{
	int			number = project_find(project, name);

	return number != PROJECT_NONE && project->names[number].patch != NULL &&
		register_find(reg, name) == NULL;
}

/* A pending patch that conflicts with an applied one, or another pending */
static void
check_conflicts(const Project *project, const Register *reg,
				const PatchState *state, ProblemList *found)
{
	const SimpleStringListCell *cell;

	for (cell = state->call->conflicts.head; cell != NULL; cell = cell->next)
	{
		bool		is_applied = register_find(reg, cell->val) != NULL;

		if (!is_applied &&
			(strcmp(cell->val, state->name) == 0 ||
			 !is_pending(project, reg, cell->val) ||
			 project_repeats_conflict(project,
									  project_find(project, state->name),
									  project_find(project, cell->val))))
			continue;
		problem_found(found, PROBLEM_CONFLICT, state->file->path,
					  state->call->line,
					  "patch \"%s\" conflicts with \"%s\", which is %s",
					  state->name, cell->val,
					  is_applied ? "applied" : "pending, too");
	}
}

/* A pending patch that cannot be applied, for its file registers others */
static void
check_file(const Register *reg, const PatchState *state,
		   ProblemList *found)
{
	const PatchFile *file = state->file->file;
	int			i;

	for (i = 0; i < file->count; i++)
		if (file->calls[i].action == PATCH_REGISTER &&
			register_find(reg, file->calls[i].name) != NULL)
			problem_found(found, PROBLEM_IMPOSSIBLE_PATCH,
						  state->file->path, state->call->line,
						  "patch \"%s\" cannot be applied: "
						  "\"%s\", which this file registers, too, is applied",
						  state->name, file->calls[i].name);
}

/* Applied patches that say themselves that they conflict with pending ones */
static void
check_applied_conflicts(const Project *project, const AppliedPatch *applied,
						const Register *reg, ProblemList *found)
{
	int			i;

	for (i = 0; i < applied->conflict_count; i++)
	{
		const char *name = applied->conflicts[i];
		const ProjectName *entry;

		if (!is_pending(project, reg, name))
			continue;
		entry = &project->names[project_find(project, name)];
		if (patch_call_conflicts(entry->patch, applied->name))
			continue;
		problem_found(found, PROBLEM_CONFLICT,
					  project->patches[entry->patch_file].path,
					  entry->patch->line, "patch \"%s\" cannot be applied: "
					  "\"%s\", which is applied, conflicts with it", name,
					  applied->name);
	}
}

/* Functions that are not what patches expect them to be */
static void
check_functions(const Register *reg, ProblemList *found)
{
	const ProblemList *functions = &reg->survey.functions;
	int			i;

	for (i = 0; i < functions->count; i++)
		problem_found(found, PROBLEM_FOREIGN_FUNCTION, NULL, 0, "%s",
					  functions->items[i].text);
}

/* A patch of which not all is done */
static void
complain_of_unfinished(const PatchState *state, ProblemList *found)
{
	const UnfinishedPatch *patch = state->unfinished;

	problem_found(found, PROBLEM_UNFINISHED,
				  state->file == NULL ? NULL : state->file->path,
				  state->file == NULL ? 0 : patch->line,
				  "patch \"%s\" is unfinished since %s: part %d of %d is not "
				  "done", state->name, patch->since, patch->done + 1,
				  patch->parts);
}

void
check_register(const Project *project, const Register *reg,
			   ProblemList *found)
{
	PatchStates *states = plan_state_create(project, reg);
	int			i;

	check_functions(reg, found);
	for (i = 0; i < states->count; i++)
	{
		const PatchState *state = &states->items[i];

		if (state->unfinished != NULL)
			complain_of_unfinished(state, found);
		if (state->applied == NULL && state->call == NULL)
			continue;
		if (state->applied == NULL ||
			(state->unfinished != NULL && state->file != NULL))
		{
			check_conflicts(project, reg, state, found);
			check_file(reg, state, found);
			continue;
		}
		check_applied_conflicts(project, state->applied, reg, found);
		if (state->differs)
			complain_of_difference(state, found);
		if (state->has_changed)
			problem_found(found, PROBLEM_FILE_CHANGED, state->file->path,
						  state->call->line, "the file has changed since "
						  "patch \"%s\" was applied", state->name);
		if (state->file == NULL)
			problem_found(found, PROBLEM_NO_FILE, NULL, 0,
						  "patch \"%s\" is applied, but no file registers it",
						  state->name);
	}
	plan_state_free(states);
}
