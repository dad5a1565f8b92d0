/*-------------------------------------------------------------------------
 *
 * show/remarks.c
 *		What there is to say of the state of a patch, for people
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"
#include "show/show.h"

/* Say what is different in the file and in the register. */
static void
append_difference(PQExpBuffer text, const PatchState *state)
{
	char	   *file = plan_state_claim(&state->call->requirements,
										&state->call->conflicts);
	char	   *row = plan_state_claim(state->requirements,
									   state->conflicts);

	appendPQExpBuffer(text, "differs: in the file it %s, in the register it "
					  "%s", file, row);
	pg_free(file);
	pg_free(row);
}

/* Begin another remark. */
static void
append_separator(PQExpBuffer text)
{
	if (text->len > 0)
		appendPQExpBufferStr(text, "; ");
}

/* Say how far an unfinished patch has come. */
static void
append_progress(PQExpBuffer text, const UnfinishedPatch *patch)
{
	appendPQExpBuffer(text, "part %d of %d, at line %d, is not done, since %s",
					  patch->done + 1, patch->parts, patch->line,
					  patch->since);
	if (patch->error[0] != '\0')
		appendPQExpBuffer(text, ": %s", patch->error);
}

/* Say how far the jobs of a patch are that are not done. */
static void
append_jobs(PQExpBuffer text, const PatchStates *states, const char *patch)
{
	int			i;

	for (i = 0; states->jobs != NULL && i < states->jobs->count; i++)
	{
		const Job  *job = &states->jobs->jobs[i];
		char	   *how;

		if (job->is_done || strcmp(job->patch, patch) != 0)
			continue;
		append_separator(text);
		how = jobs_describe(job);
		if (strcmp(job->name, patch) == 0)
			appendPQExpBuffer(text, "job %s", how);
		else
			appendPQExpBuffer(text, "job \"%s\" %s", job->name, how);
		pg_free(how);
	}
}

char *
show_remarks_text(const PatchStates *states, const PatchState *state)
{
	const PatchSession *session = state->session;
	PQExpBufferData text;
	const SimpleStringListCell *cell;

	/* Of most patches there are many and nothing is to be said. */
	if (state->reasons.head == NULL && state->file != NULL &&
		!state->differs && !state->has_changed && session == NULL &&
		state->unfinished == NULL &&
		(states->jobs == NULL || states->jobs->count == 0))
		return NULL;

	initPQExpBuffer(&text);
	if (session != NULL)
	{
		char	   *who = in_progress_describe(session->pid, session->role,
											   session->application,
											   session->since);

		appendPQExpBufferStr(&text, who);
		pg_free(who);
	}
	if (state->unfinished != NULL)
	{
		append_separator(&text);
		append_progress(&text, state->unfinished);
	}
	append_jobs(&text, states, state->name);
	for (cell = state->reasons.head; cell != NULL; cell = cell->next)
	{
		append_separator(&text);
		appendPQExpBufferStr(&text, cell->val);
	}
	if (state->file == NULL)
	{
		append_separator(&text);
		appendPQExpBufferStr(&text, "no file here");
	}
	if (state->has_changed)
	{
		append_separator(&text);
		appendPQExpBuffer(&text, "%s changed since", state->file->path);
	}
	if (state->differs)
	{
		append_separator(&text);
		append_difference(&text, state);
	}
	return text.data;
}

char *
show_remarks_applied_at(const PatchState *state)
{
	const char *text = state->applied == NULL ? "" :
		state->applied->applied_at;
	char	   *copy = pg_strdup(text);

	/* 2010-08-22T12:00:00.000000+02:00 */
	if (strlen(copy) > 26 && copy[10] == 'T' && copy[19] == '.')
	{
		copy[10] = ' ';
		memmove(copy + 19, text + 26, strlen(text + 26) + 1);
	}
	return copy;
}
