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
		if (states->items[i].applied != NULL)
			check_applied(&states->items[i], found);
}
