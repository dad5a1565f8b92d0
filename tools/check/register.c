/*-------------------------------------------------------------------------
 *
 * check/register.c
 *		What of the files does not go with what is applied
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "pqexpbuffer.h"

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

/* The file says something else than it did when it was applied. */
static void
complain_of_difference(const PatchState *state, ProblemList *found)
{
	PQExpBuffer text = createPQExpBuffer();

	appendPQExpBuffer(text, "patch \"%s\" was applied as one that requires ",
					  state->name);
	append_names(text, state->requirements);
	appendPQExpBufferStr(text, " and conflicts with ");
	append_names(text, state->conflicts);
	problem_found(found, PROBLEM_DIFFERS, state->file->path,
				  state->call->line, "%s", text->data);
	destroyPQExpBuffer(text);
}

/* Check a patch that is applied. */
static void
check_applied(const PatchState *state, ProblemList *found)
{
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
