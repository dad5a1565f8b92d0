/*-------------------------------------------------------------------------
 *
 * show/json.c
 *		The states of the patches, for programs
 *
 * One object: the patches, an object each on a line of its own, and how many
 * they are of each kind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "show/show.h"

/* Print a key with the session that is in a patch, or null. */
static void
print_session(const PatchSession *session)
{
	if (session == NULL)
	{
		json_print_member("in_progress", NULL);
		return;
	}
	json_print_key("in_progress");
	printf("{\"pid\": %s", session->pid);
	json_print_member("role", session->role);
	json_print_member("application", session->application);
	json_print_member("since", session->since_iso);
	putchar('}');
}

/* Print a key with how far an unfinished patch has come, or null. */
static void
print_unfinished(const UnfinishedPatch *patch)
{
	if (patch == NULL)
	{
		json_print_member("unfinished", NULL);
		return;
	}
	json_print_key("unfinished");
	printf("{\"part\": %d, \"parts\": %d, \"line\": %d", patch->done + 1,
		   patch->parts, patch->line);
	json_print_member("since", patch->since_iso);
	json_print_text("error", patch->error);
	putchar('}');
}

/* Print a key with the jobs of a patch. */
static void
print_jobs(const PatchStates *states, const char *patch)
{
	bool		is_first = true;
	int			i;

	json_print_key("jobs");
	putchar('[');
	for (i = 0; states->jobs != NULL && i < states->jobs->count; i++)
	{
		const Job  *job = &states->jobs->jobs[i];

		if (strcmp(job->patch, patch) != 0)
			continue;
		if (!is_first)
			fputs(", ", stdout);
		show_jobs_print_object(job);
		is_first = false;
	}
	putchar(']');
}

void
show_json_print_state(const PatchStates *states, const PatchState *state)
{
	static const SimpleStringList nothing = {NULL, NULL};
	bool		waits = state->kind == PATCH_IS_WAITING;
	const AppliedPatch *applied = state->applied;

	json_begin_object("patch", state->name);
	json_print_member("state", plan_state_name(state->kind));
	json_print_member("applied_at",
					  applied == NULL ? NULL : applied->applied_at);
	json_print_member("applied_by",
					  applied == NULL ? NULL : applied->applied_by);
	json_print_member("file", state->file == NULL ? NULL : state->file->path);
	json_print_list("requires", state->requirements);
	json_print_list("conflicts", state->conflicts);
	json_print_boolean("differs", state->differs);
	if (state->differs)
	{
		json_print_list("file_requires", &state->call->requirements);
		json_print_list("file_conflicts", &state->call->conflicts);
	}
	json_print_boolean("changed", state->has_changed);
	json_print_list("blocked_by", waits ? &nothing : &state->reasons);
	json_print_list("waits_for", waits ? &state->reasons : &nothing);
	print_jobs(states, state->name);
	print_unfinished(state->unfinished);
	print_session(state->session);
	putchar('}');
}

void
show_json_print(const PatchStates *states, bool only_pending)
{
	bool		is_first = true;
	int			i;

	fputs("{\"patches\": [", stdout);
	for (i = 0; i < states->count; i++)
	{
		if (only_pending && states->items[i].kind == PATCH_IS_APPLIED)
			continue;
		fputs(is_first ? "\n  " : ",\n  ", stdout);
		show_json_print_state(states, &states->items[i]);
		is_first = false;
	}
	printf("],\n \"applied\": %d, \"pending\": %d, \"waiting\": %d,"
		   " \"blocked\": %d,\n"
		   " \"unfinished\": %d, \"in_progress\": %d,\n"
		   " \"without_file\": %d, \"differing\": %d, \"changed\": %d}\n",
		   states->applied, states->pending, states->waiting, states->blocked,
		   states->unfinished, states->in_progress, states->without_file,
		   states->differing, states->changed);
}
