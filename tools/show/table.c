/*-------------------------------------------------------------------------
 *
 * show/table.c
 *		The states of the patches, for people
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "fe_utils/print.h"
#include "lib/stringinfo.h"
#include "show/table.h"

/* Append names, with commas between them. */
static void
append_name(StringInfo text, const char *name, bool is_first)
{
	appendStringInfo(text, is_first ? "%s" : ", %s", name);
}

/* Append the names of a list of a file, or "nothing". */
static void
append_list(StringInfo text, const SimpleStringList *list)
{
	const SimpleStringListCell *cell;

	for (cell = list->head; cell != NULL; cell = cell->next)
		append_name(text, cell->val, cell == list->head);
	if (list->head == NULL)
		appendStringInfoString(text, "nothing");
}

/* The same for an array of the register. */
static void
append_array(StringInfo text, char *const *names, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		append_name(text, names[i], i == 0);
	if (count == 0)
		appendStringInfoString(text, "nothing");
}

/* Say what is different in the file and in the register. */
static void
append_difference(StringInfo text, const PatchState *state)
{
	appendStringInfoString(text, "differs: in the file it requires ");
	append_list(text, &state->call->requirements);
	appendStringInfoString(text, " and conflicts with ");
	append_list(text, &state->call->conflicts);
	appendStringInfoString(text, ", in the register it requires ");
	append_array(text, state->applied->requirements,
				 state->applied->requirement_count);
	appendStringInfoString(text, " and conflicts with ");
	append_array(text, state->applied->conflicts,
				 state->applied->conflict_count);
}

/* Begin another remark. */
static void
append_separator(StringInfo text)
{
	if (text->len > 0)
		appendStringInfoString(text, "; ");
}

/* Say which session is in the patch. */
static void
append_session(StringInfo text, const PatchSession *session)
{
	char	   *who = in_progress_describe(session->pid, session->role,
										   session->application,
										   session->since);

	appendStringInfoString(text, who);
	pg_free(who);
}

/* Say how far an unfinished patch has come. */
static void
append_progress(StringInfo text, const UnfinishedPatch *patch)
{
	appendStringInfo(text, "part %d of %d, at line %d, is not done, since %s",
					 patch->done + 1, patch->parts, patch->line,
					 patch->since);
	if (patch->error[0] != '\0')
		appendStringInfo(text, ": %s", patch->error);
}

/*
 * What there is to remark about a patch, to be freed with the table, or NULL.
 */
static char *
remarks(const PatchState *state)
{
	StringInfoData text;
	const SimpleStringListCell *cell;

	/* Of most patches there are many and nothing is to be said. */
	if (state->reasons.head == NULL && state->file != NULL &&
		!state->differs && !state->has_changed && state->session == NULL &&
		state->unfinished == NULL)
		return NULL;

	initStringInfo(&text);
	if (state->session != NULL)
		append_session(&text, state->session);
	if (state->unfinished != NULL)
	{
		append_separator(&text);
		append_progress(&text, state->unfinished);
	}
	for (cell = state->reasons.head; cell != NULL; cell = cell->next)
	{
		append_separator(&text);
		appendStringInfoString(&text, cell->val);
	}
	if (state->file == NULL)
	{
		append_separator(&text);
		appendStringInfoString(&text, "no file here");
	}
	if (state->has_changed)
	{
		append_separator(&text);
		appendStringInfo(&text, "%s changed since", state->file->path);
	}
	if (state->differs)
	{
		append_separator(&text);
		append_difference(&text, state);
	}
	return text.data;
}

/* When a patch was applied, to the second: the rest is for machines. */
static char *
applied_at(const PatchState *state)
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

void
show_table_print(const PatchStates *states, int encoding)
{
	static const char *const headers[] = {
		"patch", "state", "applied", "by", "remarks"
	};
	static char nothing[] = "";
	printTableOpt options;
	printTableContent table;
	size_t		i;
	int			n;

	memset(&options, 0, sizeof(options));
	options.format = PRINT_ALIGNED;
	options.border = 1;
	options.start_table = options.stop_table = true;
	options.encoding = encoding;

	printTableInit(&table, &options, NULL, lengthof(headers), states->count);
	for (i = 0; i < lengthof(headers); i++)
		printTableAddHeader(&table, unconstify(char *, headers[i]), false,
							'l');
	for (n = 0; n < states->count; n++)
	{
		const PatchState *state = &states->items[n];
		const char *by = state->applied == NULL ? "" :
			state->applied->applied_by;
		char	   *remark = remarks(state);

		printTableAddCell(&table, unconstify(char *, state->name), false,
						  false);
		printTableAddCell(&table,
						  unconstify(char *, plan_state_name(state->kind)),
						  false, false);
		printTableAddCell(&table, applied_at(state), false, true);
		printTableAddCell(&table, unconstify(char *, by), false, false);
		printTableAddCell(&table, remark == NULL ? nothing : remark, false,
						  remark != NULL);
	}
	printTable(&table, stdout, false, NULL);
	printTableCleanup(&table);
}
