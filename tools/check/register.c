/*-------------------------------------------------------------------------
 *
 * check/register.c
 *		What of the files does not go with what is applied
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"

/* Check a patch that is applied. */
static void
check_applied(const PatchState *state, ProblemList *found)
{
	if (state->differs)
	{
		char	   *claim = plan_state_claim(state->requirements,
											 state->conflicts);

		problem_found(found, PROBLEM_DIFFERS, state->file->path,
					  state->call->line, "patch \"%s\" was applied as one "
					  "that %s", state->name, claim);
		pg_free(claim);
	}
	if (state->has_changed)
		problem_found(found, PROBLEM_FILE_CHANGED, state->file->path,
					  state->call->line, "the file has changed since "
					  "patch \"%s\" was applied", state->name);
	if (state->file == NULL)
		problem_found(found, PROBLEM_NO_FILE, NULL, 0,
					  "patch \"%s\" is applied, but no file registers it",
					  state->name);
}

/* Say how far a patch has come of which not all is done. */
static void
check_unfinished(const PatchState *state, ProblemList *found)
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
check_register(const PatchStates *states, const Register *reg,
			   ProblemList *found)
{
	const ProblemList *functions = &reg->survey.functions;
	int			i;

	/* Functions that are not what patches expect them to be */
	for (i = 0; i < functions->count; i++)
		problem_found(found, PROBLEM_FOREIGN_FUNCTION, NULL, 0, "%s",
					  functions->items[i].text);
	for (i = 0; i < states->count; i++)
	{
		const PatchState *state = &states->items[i];

		if (state->unfinished != NULL)
			check_unfinished(state, found);
		else if (state->applied != NULL)
			check_applied(state, found);
	}
}
