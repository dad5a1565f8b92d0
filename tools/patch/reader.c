/*-------------------------------------------------------------------------
 *
 * patch/reader.c
 *		Going through a script, collecting calls
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/suggestion.h"
#include "patch/call.h"
#include "patch/reader.h"
#include "sql/call_search.h"
#include "sql/constant.h"

void
patch_reader_init(PatchReader *reader, PatchFile *file, const char *text,
				  size_t length, int first_line, bool is_script)
{
	memset(reader, 0, sizeof(*reader));
	reader->file = file;
	psql_script_init(&reader->script, text, length, first_line, is_script);
}

void
patch_reader_start(PatchReader *reader)
{
	patch_reader_advance(reader);
	patch_reader_begin_query(reader);
}

void
patch_reader_free(PatchReader *reader)
{
	psql_script_free(&reader->script);
}

void
patch_reader_advance(PatchReader *reader)
{
	psql_script_next(&reader->script);
}

bool
patch_reader_at(const PatchReader *reader, const char *word)
{
	return sql_constant_is_keyword(&reader->script.token, word);
}

bool
patch_reader_at_one_of(const PatchReader *reader, const char *const *words)
{
	for (; *words != NULL; words++)
		if (patch_reader_at(reader, *words))
			return true;
	return false;
}

bool
patch_reader_at_symbol(const PatchReader *reader, const char *symbol)
{
	return sql_constant_is_symbol(&reader->script.token, symbol);
}

void
patch_reader_forget_name(PatchReader *reader)
{
	reader->parts = 0;
	reader->in_schema = false;
	reader->after_dot = false;
}

void
patch_reader_skip_statement(PatchReader *reader)
{
	while (!psql_script_at_end(&reader->script))
		patch_reader_advance(reader);
}

void
patch_reader_read_statement(PatchReader *reader)
{
	while (!psql_script_at_end(&reader->script))
		patch_reader_step(reader);
}

void
patch_reader_complain(PatchReader *reader, PatchMention mention,
					  ProblemLevel level, const char *place,
					  const char *before, const char *after)
{
	const char *what = after == NULL ? "" : mention == MENTION_PATCH ?
		"registration" : "call of unregister_patch";

	if (mention == MENTION_NONE)
		return;
	problem_add_kind(&reader->file->problems,
					 mention == MENTION_PATCH ? level : PROBLEM_REMARK,
					 mention == MENTION_PATCH ? PROBLEM_NOT_UNDERSTOOD :
					 PROBLEM_UNCLEAR_ROLLBACK, NULL,
					 psql_script_line(&reader->script, place), "%s%s%s",
					 before, what, after == NULL ? "" : after);
}

void
patch_reader_begin_query(PatchReader *reader)
{
	reader->query = reader->script.token.start;
	reader->old_calls = reader->file->count;
	reader->old_jobs = reader->file->job_count;
	reader->old_problems = reader->file->problems.count;
}

/* Forget the calls in the current query. */
static void
forget_calls(PatchReader *reader)
{
	PatchFile  *file = reader->file;

	while (file->count > reader->old_calls)
		patch_call_free(&file->calls[--file->count]);
	while (file->job_count > reader->old_jobs)
		patch_job_free(&file->jobs[--file->job_count]);
}

void
patch_reader_forget_query(PatchReader *reader)
{
	forget_calls(reader);
	problem_shorten(&reader->file->problems, reader->old_problems);
}

PatchMention
patch_reader_mention(const char *text, size_t length)
{
	PatchMention result = MENTION_NONE;
	size_t		place;

	while ((place = sql_call_search_last(CALL_SEARCH_PATCH, text, length)) !=
		   CALL_SEARCH_NONE)
	{
		if (place < 2 || pg_strncasecmp(text + place - 2, "un", 2) != 0)
			return MENTION_PATCH;
		result = MENTION_ROLLBACK;
		length = place;
	}
	return result;
}

/* Read the call whose opening parenthesis is the current token. */
static void
read_call(PatchReader *reader)
{
	PatchFile  *file = reader->file;
	const char *place = reader->script.token.start;
	bool		is_doubtful = psql_script_is_doubtful(&reader->script);
	PatchCall	call;

	memset(&call, 0, sizeof(call));
	call.action = (PatchAction) reader->action;
	call.line = psql_script_line(&reader->script, place);
	if (is_doubtful)
		patch_reader_complain(reader, call.action == PATCH_UNREGISTER ?
							  MENTION_ROLLBACK : MENTION_PATCH,
							  PROBLEM_ERROR, place,
							  "whether this runs depends on an \\if that "
							  "cannot be known here", NULL);

	if (!patch_call_read(&reader->script, &call, &file->problems))
	{
		patch_call_free(&call);
		return;
	}
	ARRAY_MAKE_ROOM(file->calls, file->count);
	file->calls[file->count++] = call;
}

/*
 * Read such a call about a job.  Before a registration, it is not known to
 * belong to a patch.
 */
static void
read_job(PatchReader *reader)
{
	PatchFile  *file = reader->file;
	PatchJob	job = {0};

	job.action = (JobAction) reader->job_action;
	job.line = psql_script_line(&reader->script, reader->script.token.start);
	if (!patch_job_read(&reader->script, &job))
	{
		if (file->count > 0)
			problem_add_kind(&file->problems, PROBLEM_WARNING,
							 PROBLEM_NOT_UNDERSTOOD, NULL, job.line,
							 "_v.%s: in_job_name is not a plain constant, so "
							 "it is not known which job this is",
							 patch_job_functions[job.action]);
		patch_job_free(&job);
		return;
	}
	ARRAY_MAKE_ROOM(file->jobs, file->job_count);
	file->jobs[file->job_count++] = job;
}

/* Note that the current identifier is a part of a qualified name. */
static void
extend_name(PatchReader *reader)
{
	int			i;

	reader->parts = reader->after_dot ? reader->parts + 1 : 1;
	reader->in_schema = reader->after_dot && reader->is_schema;
	reader->after_dot = false;
	reader->schema = reader->function;
	reader->function = reader->script.token;
	reader->is_schema = sql_constant_is(&reader->script.token, "_v");
	reader->action = -1;
	reader->job_action = reader->in_schema ?
		patch_job_function(&reader->script.token) : -1;
	for (i = 0; reader->in_schema && i <= PATCH_UNREGISTER; i++)
		if (sql_constant_is(&reader->script.token, patch_call_functions[i]))
			reader->action = i;
}

void
patch_reader_note_lookalike(PatchReader *reader, const char *place,
							const char *format,...)
{
	va_list		args;
	char	   *text;

	if (reader->lookalikes == NULL || reader->lookalikes->count > 0)
		return;
	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	problem_add_kind(reader->lookalikes, PROBLEM_WARNING,
					 PROBLEM_NO_REGISTRATION, NULL,
					 psql_script_line(&reader->script, place), "%s",
					 text);
	pfree(text);
}

/*
 * Is the function that is called here, which is none of ours, meant to be one
 * that registers a patch?  It has such a name in another schema or none, or
 * nearly such a name in ours or none.
 */
static void
watch_for_lookalike(PatchReader *reader)
{
	char	   *name = sql_constant_decode(&reader->function);
	bool		has_schema = reader->parts > 1;
	const char *nearest = NULL;

	if (name != NULL)
	{
		Suggestion	suggestion;

		suggestion_init(&suggestion, name);
		suggestion_offer(&suggestion, patch_call_functions[PATCH_UNREGISTER]);
		suggestion_offer(&suggestion, patch_call_functions[PATCH_REGISTER]);
		suggestion_offer(&suggestion,
						 patch_call_functions[PATCH_TRY_REGISTER]);
		if (suggestion.nearest != NULL &&
			suggestion.nearest != patch_call_functions[PATCH_UNREGISTER] &&
			(strcmp(suggestion.nearest, name) == 0 || reader->in_schema ||
			 (!has_schema && strstr(name, "patch") != NULL)))
			nearest = suggestion.nearest;
	}
	if (nearest != NULL && !has_schema && strcmp(nearest, name) == 0)
		patch_reader_note_lookalike(reader, reader->function.start,
									"%s is called without its schema, so it "
									"is not read: write _v.%s", name, name);
	else if (nearest != NULL)
		patch_reader_note_lookalike(reader, has_schema ?
									reader->schema.start :
									reader->function.start,
									"this calls %.*s%s%s: did you mean "
									"_v.%s?", has_schema ?
									(int) reader->schema.length : 0,
									reader->schema.start,
									has_schema ? "." : "", name, nearest);
	pg_free(name);
}

void
patch_reader_step(PatchReader *reader)
{
	if (reader->script.token.kind == SQL_IDENTIFIER)
		extend_name(reader);
	else if (reader->parts > 0 && !reader->after_dot &&
			 patch_reader_at_symbol(reader, "."))
		reader->after_dot = true;
	else
	{
		bool		is_any = reader->parts > 0 && !reader->after_dot &&
			patch_reader_at_symbol(reader, "(");
		bool		is_ours = is_any && reader->in_schema &&
			(reader->parts == 2 || reader->parts == 3);
		bool		is_call = is_ours && reader->action >= 0;
		bool		is_job = is_ours && reader->job_action >= 0;

		if (is_any && !is_call && !is_job && reader->parts <= 2 &&
			reader->lookalikes != NULL && reader->file->count == 0)
			watch_for_lookalike(reader);
		patch_reader_forget_name(reader);
		if (is_call || is_job)
		{
			if (is_call)
				read_call(reader);
			else
				read_job(reader);
			return;
		}
	}
	patch_reader_advance(reader);
}

/*
 * What is mentioned by the current query that may register something, of which
 * nothing is collected or said yet?
 */
static PatchMention
hidden_mention(const PatchReader *reader)
{
	if (reader->file->count > reader->old_calls ||
		reader->file->problems.count > reader->old_problems)
		return MENTION_NONE;
	return patch_reader_mention(reader->query,
								reader->script.token.start - reader->query);
}

void
patch_reader_end_query(PatchReader *reader)
{
	PatchFile  *file = reader->file;
	const char *unclosed = reader->script.unclosed;
	PatchMention hidden;

	if (unclosed == NULL && !reader->script.sends_result)
		return;
	hidden = hidden_mention(reader);
	if (unclosed != NULL && file->count > reader->old_calls)
	{
		hidden = file->calls[reader->old_calls].action == PATCH_UNREGISTER ?
			MENTION_ROLLBACK : MENTION_PATCH;
		forget_calls(reader);
	}
	if (unclosed != NULL)
		patch_reader_complain(reader, hidden, PROBLEM_WARNING, unclosed,
							  *unclosed == '(' ?
							  "this parenthesis is never closed, so a " :
							  "this BEGIN has no END, so a ",
							  " does not run");
	else
		patch_reader_complain(reader, hidden, PROBLEM_WARNING,
							  reader->script.token.start, "a ",
							  " in the result that \\gexec runs is not read");
}

void
patch_reader_end_hidden(PatchReader *reader)
{
	const SqlToken *token = &reader->script.token;
	const char *what = sql_constant_unterminated(token);
	char	   *before = psprintf("%s, so a ", what);

	patch_reader_forget_query(reader);
	patch_reader_note_lookalike(reader, token->start, "%s", what);
	patch_reader_complain(reader,
						  patch_reader_mention(reader->query,
											   reader->script.lexer.end -
											   reader->query),
						  PROBLEM_WARNING, token->start, before,
						  " does not run");
	pg_free(before);
}
