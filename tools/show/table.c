/*-------------------------------------------------------------------------
 *
 * show/table.c
 *		The states of the patches, for people
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/color.h"
#include "fe_utils/print.h"
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
show_table_remarks(const PatchStates *states, const PatchState *state)
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
show_table_applied_at(const PatchState *state)
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

const char *
show_table_color(PatchStateKind kind)
{
	static const Color colors[] = {
		[PATCH_IS_APPLIED] = COLOR_GREEN,
		[PATCH_IS_PENDING] = COLOR_YELLOW,
		[PATCH_IS_WAITING] = COLOR_YELLOW,
		[PATCH_IS_BLOCKED] = COLOR_RED,
		[PATCH_IS_UNFINISHED] = COLOR_RED,
		[PATCH_IS_BEING_APPLIED] = COLOR_YELLOW,
		[PATCH_IS_BEING_TAKEN_BACK] = COLOR_YELLOW
	};

	return color_begin(colors[kind]);
}

/* Add the row of a patch. */
static void
add_row(printTableContent *table, const PatchStates *states,
		const PatchState *state)
{
	static char nothing[] = "";
	const char *by = state->applied == NULL ? "" :
		state->applied->applied_by;
	char	   *remark = show_table_remarks(states, state);

	printTableAddCell(table, unconstify(char *, state->name), false, false);
	printTableAddCell(table,
					  unconstify(char *, plan_state_name(state->kind)),
					  false, false);
	printTableAddCell(table, show_table_applied_at(state), false, true);
	printTableAddCell(table, unconstify(char *, by), false, false);
	printTableAddCell(table, remark == NULL ? nothing : remark, false,
					  remark != NULL);
}

/* Is the patch one that is to be shown? */
static bool
is_wanted(const PatchState *state, bool only_pending)
{
	return !only_pending || state->kind != PATCH_IS_APPLIED;
}

/* The table as a text, which the caller frees. */
static char *
make_text(const PatchStates *states, bool only_pending, int encoding,
		  int columns)
{
	static const char *const headers[] = {
		"patch", "state", "applied", "by", "remarks"
	};
	printTableOpt options = {0};
	printTableContent table;
	char	   *text = NULL;
	size_t		size;
	FILE	   *memory = open_memstream(&text, &size);
	int			count = 0;
	size_t		i;
	int			n;

	if (memory == NULL)
		return NULL;
	options.format = columns > 0 ? PRINT_WRAPPED : PRINT_ALIGNED;
	options.columns = columns;
	options.border = 1;
	options.start_table = options.stop_table = true;
	options.encoding = encoding;

	for (n = 0; n < states->count; n++)
		count += is_wanted(&states->items[n], only_pending);
	printTableInit(&table, &options, NULL, lengthof(headers), count);
	for (i = 0; i < lengthof(headers); i++)
		printTableAddHeader(&table, unconstify(char *, headers[i]), false,
							'l');
	for (n = 0; n < states->count; n++)
		if (is_wanted(&states->items[n], only_pending))
			add_row(&table, states, &states->items[n]);
	printTable(&table, memory, false, NULL);
	printTableCleanup(&table);
	fclose(memory);
	return text;
}

/* How many bytes of a line take so many columns of the screen. */
static int
bytes_of_columns(const char *line, int columns, int encoding)
{
	const char *p = line;

	while (*p != '\0' && *p != '\n' && columns > 0)
	{
		columns -= PQdsplen(p, encoding);
		p += PQmblenBounded(p, encoding);
	}
	return p - line;
}

/*
 * If a state begins there, print its first word, which fits into any column,
 * in the colour of the state.  Returns how many bytes it has.
 */
static int
print_state(FILE *stream, const char *text)
{
	int			kind;

	for (kind = 0; kind <= PATCH_IS_BEING_TAKEN_BACK; kind++)
	{
		const char *name = plan_state_name((PatchStateKind) kind);
		int			length = strcspn(name, " ");

		if (strncmp(text, name, length) != 0)
			continue;
		fprintf(stream, "%s%.*s%s", show_table_color((PatchStateKind) kind),
				length, name, color_end());
		return length;
	}
	return 0;
}

void
show_table_print(FILE *stream, const PatchStates *states, bool only_pending,
				 int encoding, int columns)
{
	char	   *text = make_text(states, only_pending, encoding, columns);
	const char *line = text;
	int			place = text == NULL ? 0 : strcspn(text, "|") + 2;

	/* The head, which is in ASCII, says where the second column begins */
	while (line != NULL && *line != '\0')
	{
		int			length = strcspn(line, "\n") + 1;
		int			before = bytes_of_columns(line, place, encoding);
		int			state;

		fwrite(line, 1, before, stream);
		state = print_state(stream, line + before);
		fwrite(line + before + state, 1, length - before - state, stream);
		line += length;
	}
	free(text);
}
