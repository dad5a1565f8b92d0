/*-------------------------------------------------------------------------
 *
 * patch/statement.c
 *		Which calls in an SQL statement are run
 *
 * A statement is known by its first words.  A query runs the calls in it,
 * so does what stores or sends its result; what merely defines something
 * does not.
 *
 * In a DO block of PL/pgSQL almost everything is evaluated: assignments,
 * conditions, PERFORM, queries.  So every call counts, whatever branch it is
 * in, but for those in SQL statements that merely define something.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/statement.h"
#include "sql/constant.h"

/* A DO block in a DO block in ... */
#define MAX_NESTING 32

static void read_block(PatchReader *reader);

/*
 * What has been passed from "start" on is not run.  Say why, if it looks as
 * if it registered something.
 */
static void
warn_of_mention(PatchReader *reader, const char *start, const char *before,
				const char *after)
{
	size_t		length = reader->script.token.start - start;

	patch_reader_complain(reader, patch_reader_mention(start, length),
						  PROBLEM_WARNING, start, before, after);
}

/*
 * CREATE TABLE ... AS and CREATE MATERIALIZED VIEW run their query.  Nothing
 * else that is created runs anything.
 */
static void
read_create(PatchReader *reader)
{
	static const char *const attributes[] = {
		"global", "local", "temporary", "temp", "unlogged", NULL
	};
	bool		is_run;

	do
		patch_reader_advance(reader);
	while (patch_reader_at_one_of(reader, attributes));

	is_run = patch_reader_at(reader, "table") ||
		patch_reader_at(reader, "materialized");
	while (!psql_script_at_end(&reader->script) &&
		   !(is_run && reader->script.parentheses == 0 &&
			 patch_reader_at(reader, "as")))
		patch_reader_advance(reader);
	patch_reader_read_statement(reader);
}

/* COPY (query) TO runs its query; COPY table FROM stdin has data. */
static void
read_copy(PatchReader *reader)
{
	patch_reader_advance(reader);
	if (patch_reader_at_symbol(reader, "("))
	{
		patch_reader_read_statement(reader);
		return;
	}
	while (!psql_script_at_end(&reader->script) &&
		   !patch_reader_at(reader, "from"))
		patch_reader_advance(reader);
	if (patch_reader_at(reader, "from"))
		patch_reader_advance(reader);
	if (patch_reader_at(reader, "stdin"))
		psql_script_expect_copy_data(&reader->script);
	patch_reader_skip_statement(reader);
}

/* Read the body of a DO block, which is decoded already. */
static void
read_body_text(PatchReader *reader, const SqlToken *body, const char *text)
{
	PatchReader inner;

	patch_reader_init(&inner, reader->file, text, strlen(text),
					  psql_script_line(&reader->script, body->start), false);
	inner.nesting = reader->nesting + 1;
	inner.lookalikes = reader->lookalikes;
	patch_reader_start(&inner);
	read_block(&inner);
	patch_reader_free(&inner);
}

/*
 * Read the body of a DO block.  One that cannot be read is complained about
 * only if it looks as if it registered something.
 */
static void
read_body(PatchReader *reader, const SqlToken *body, bool is_plpgsql)
{
	char	   *text = sql_constant_decode(body);
	const char *problem = NULL;

	if (!is_plpgsql)
		problem = "only DO blocks in PL/pgSQL are understood";
	else if (text == NULL)
		problem = "the body of this DO block has a numbered escape, which is "
			"not read";
	else if (reader->nesting >= MAX_NESTING)
		problem = "DO blocks are nested too deep";

	if (problem == NULL)
		read_body_text(reader, body, text);
	else
		patch_reader_complain(reader,
							  patch_reader_mention(body->start, body->length),
							  PROBLEM_ERROR, body->start, problem, NULL);
	pg_free(text);
}

/* Is this the name of PL/pgSQL, as an identifier or a string? */
static bool
names_plpgsql(const SqlToken *token)
{
	char	   *name = sql_constant_decode(token);
	bool		result = name != NULL && strcmp(name, "plpgsql") == 0;

	pg_free(name);
	return result;
}

/* DO [LANGUAGE name] body, or the other way round. */
static void
read_do(PatchReader *reader)
{
	const char *start = reader->script.token.start;
	SqlToken	body = reader->script.token;
	bool		has_body = false;
	bool		is_plpgsql = true;

	patch_reader_advance(reader);
	while (!psql_script_at_end(&reader->script))
	{
		bool		is_language = patch_reader_at(reader, "language");

		if (is_language)
			patch_reader_advance(reader);
		if (is_language && (reader->script.token.kind == SQL_IDENTIFIER ||
							reader->script.token.kind == SQL_STRING))
			is_plpgsql = names_plpgsql(&reader->script.token);
		else if (reader->script.token.kind == SQL_STRING && !has_body)
		{
			body = reader->script.token;
			has_body = true;
		}
		else
		{
			/* Nothing else belongs here: the server refuses it */
			patch_reader_skip_statement(reader);
			warn_of_mention(reader, start, "this DO is malformed", NULL);
			return;
		}
		patch_reader_advance(reader);
	}

	if (has_body && reader->script.token.kind != SQL_UNTERMINATED)
		read_body(reader, &body, is_plpgsql);
}

/*
 * SET: strings are read as they are since PostgreSQL 9.1, and cannot be read
 * otherwise since 19.
 */
static void
read_set(PatchReader *reader)
{
	const char *start = reader->script.token.start;
	bool		is_of_strings = false;

	for (; !psql_script_at_end(&reader->script); patch_reader_advance(reader))
	{
		const SqlToken *token = &reader->script.token;

		if (is_of_strings && sql_constant_is_off(token))
			patch_reader_complain(reader, MENTION_PATCH, PROBLEM_WARNING,
								  start, "strings are read as if "
								  "standard_conforming_strings were still on",
								  NULL);
		is_of_strings |= sql_constant_is(token, "standard_conforming_strings");
	}
}

/* Is the current statement no SQL?  Note what its first word is. */
static void
watch_for_other_text(PatchReader *reader)
{
	static const char *const commands[] = {
		"abort", "alter", "analyse", "analyze", "begin", "checkpoint", "close",
		"cluster", "comment", "commit", "deallocate", "declare", "discard",
		"drop", "end", "explain", "fetch", "grant", "import", "listen", "load",
		"lock", "move", "notify", "prepare", "reassign", "refresh", "reindex",
		"release", "repack", "reset", "revoke", "rollback", "savepoint",
		"security", "show", "start", "truncate", "unlisten", "vacuum", "wait",
		NULL
	};
	char	   *found;

	if (reader->lookalikes == NULL || reader->nesting > 0 ||
		reader->script.token.kind == SQL_VARIABLE ||
		patch_reader_at_one_of(reader, commands))
		return;
	found = sql_constant_excerpt(&reader->script.token);
	patch_reader_note_lookalike(reader, reader->script.token.start,
								"this is not SQL: found %s", found);
	pg_free(found);
}

/*
 * Any other statement runs no call.  Where one is not merely named, someone
 * may have thought otherwise: it is not SQL at all, as PERFORM outside
 * PL/pgSQL, or lacks a semicolon.
 */
static void
read_other(PatchReader *reader)
{
	static const char *const definitions[] = {
		"alter", "comment", "declare", "discard", "drop", "grant", "import",
		"notify", "prepare", "reset", "revoke", "security", NULL
	};
	SqlToken	first = reader->script.token;
	const char *start = first.start;
	bool		is_definition = patch_reader_at_one_of(reader, definitions);

	watch_for_other_text(reader);
	patch_reader_skip_statement(reader);
	if (sql_constant_is_conflict_marker(&first))
		patch_reader_complain(reader,
							  patch_reader_mention(start,
												   reader->script.token.start -
												   start),
							  PROBLEM_ERROR, start, SQL_CONFLICT_MARKER,
							  NULL);
	else if (sql_constant_is_keyword(&first, "begin") ||
			 sql_constant_is_keyword(&first, "start"))
		warn_of_mention(reader, start, "a semicolon is missing after this, so "
						"a ", " does not run");
	else if (sql_constant_is_keyword(&first, "explain"))
		warn_of_mention(reader, start, "a ", " in EXPLAIN is not read");
	else if (!is_definition)
		warn_of_mention(reader, start, "this statement does not run a ",
						"");
}

void
patch_statement_read(PatchReader *reader)
{
	static const char *const queries[] = {
		"select", "with", "insert", "update", "delete", "merge", "values",
		"table", "execute", "call", NULL
	};

	patch_reader_forget_name(reader);
	if (patch_reader_at_one_of(reader, queries) ||
			 patch_reader_at_symbol(reader, "("))
		patch_reader_read_statement(reader);
	else if (patch_reader_at(reader, "create"))
		read_create(reader);
	else if (patch_reader_at(reader, "copy"))
		read_copy(reader);
	else if (patch_reader_at(reader, "do"))
		read_do(reader);
	else if (patch_reader_at(reader, "set"))
		read_set(reader);
	else
		read_other(reader);
}

/* EXECUTE: what it runs is not known before, but a constant may give a hint */
static void
watch_string(PatchReader *reader)
{
	char	   *text;

	if (reader->script.token.kind != SQL_STRING)
		return;
	text = sql_constant_decode(&reader->script.token);
	if (text != NULL)
		patch_reader_complain(reader, patch_reader_mention(text, strlen(text)),
							  PROBLEM_WARNING, reader->script.token.start,
							  "a ", " in a string that is EXECUTEd is not "
							  "read");
	pg_free(text);
}

/* Read the whole text, the body of a DO block. */
static void
read_block(PatchReader *reader)
{
	static const char *const openings[] = {
		"begin", "declare", "then", "else", "loop", NULL
	};
	static const char *const definitions[] = {
		"alter", "comment", "create", "drop", "explain", "grant", "revoke",
		"security", NULL
	};
	bool		is_beginning = true;
	bool		is_dynamic = false;

	while (reader->script.token.kind != SQL_END)
	{
		if (reader->script.token.kind == SQL_UNTERMINATED)
		{
			patch_reader_end_hidden(reader);
			return;
		}
		if (is_beginning && patch_reader_at_one_of(reader, definitions))
		{
			patch_reader_skip_statement(reader);
			continue;
		}
		if (patch_reader_at_symbol(reader, ";"))
			is_dynamic = false;
		is_beginning = patch_reader_at_symbol(reader, ";") ||
			patch_reader_at_one_of(reader, openings);
		is_dynamic |= patch_reader_at(reader, "execute");
		if (is_dynamic)
			watch_string(reader);
		if (patch_reader_at(reader, "do"))
			read_do(reader);
		else
			patch_reader_step(reader);
	}
	patch_reader_end_query(reader);
}
