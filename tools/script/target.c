/*-------------------------------------------------------------------------
 *
 * script/target.c
 *		What a statement with CONCURRENTLY is about
 *
 * It is one that the server understands: so what cannot be in such a statement
 * is not looked for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/target.h"
#include "sql/words.h"

/* Append an identifier, with quotes. */
static void
append_identifier(PQExpBuffer text, const SqlToken *token)
{
	char	   *name = token->kind == SQL_IDENTIFIER ?
		sql_constant_decode(token) : NULL;
	const char *p;

	appendPQExpBufferChar(text, '"');
	for (p = name; p != NULL && *p != '\0'; p++)
		appendPQExpBuffer(text, *p == '"' ? "\"\"" : "%c", *p);
	appendPQExpBufferChar(text, '"');
	pg_free(name);
}

/*
 * Pass a name, qualified or not, and append it.  Returns where the last part
 * of it begins.
 */
static size_t
take_name(StatementWords *words, PQExpBuffer text)
{
	size_t		last = text->len;

	append_identifier(text, &words->token);
	sql_words_next(words);
	while (sql_words_at_symbol(words, "."))
	{
		sql_words_next(words);
		appendPQExpBufferChar(text, '.');
		last = text->len;
		append_identifier(text, &words->token);
		sql_words_next(words);
	}
	return last;
}

/* Pass IF [NOT] EXISTS. */
static bool
accept_if_exists(StatementWords *words)
{
	if (!sql_words_accept(words, "if"))
		return false;
	sql_words_accept(words, "not");
	return sql_words_accept(words, "exists");
}

/* CREATE, which has been passed, [UNIQUE] INDEX CONCURRENTLY ... */
static void
read_create(StatementWords *words, ScriptTarget *target)
{
	target->is_unique = sql_words_accept(words, "unique");
	sql_words_accept(words, "index");
	sql_words_accept(words, "concurrently");
	target->if_not_exists = accept_if_exists(words);
	if (!sql_words_at(words, "on"))
	{
		char	   *name = words->token.kind == SQL_IDENTIFIER ?
			sql_constant_decode(&words->token) : NULL;

		appendPQExpBufferStr(&target->name, name != NULL ? name : "");
		pg_free(name);
		sql_words_next(words);
	}
	sql_words_accept(words, "on");
	sql_words_accept(words, "only");
	target->last = take_name(words, &target->relation);
	target->rest = words->token.start;
}

/* REINDEX, which has been passed, [(...)] INDEX | TABLE ... CONCURRENTLY */
static void
read_reindex(StatementWords *words, ScriptTarget *target)
{
	bool		is_named;

	while (!sql_words_at_end(words) && !sql_words_at(words, "index") &&
		   !sql_words_at(words, "table") && !sql_words_at(words, "schema") &&
		   !sql_words_at(words, "database") && !sql_words_at(words, "system"))
		sql_words_next(words);
	is_named = sql_words_at(words, "index") || sql_words_at(words, "table");
	sql_words_next(words);
	sql_words_accept(words, "concurrently");
	if (is_named)
		take_name(words, &target->relation);
}

/* ALTER, which has been passed, TABLE ... DETACH PARTITION ... */
static void
read_detach(StatementWords *words, ScriptTarget *target)
{
	sql_words_accept(words, "table");
	accept_if_exists(words);
	sql_words_accept(words, "only");
	take_name(words, &target->relation);
	if (sql_words_at_symbol(words, "*"))
		sql_words_next(words);
	sql_words_accept(words, "detach");
	sql_words_accept(words, "partition");
	take_name(words, &target->partition);
}

void
script_target_read(const ScriptOutline *outline, const FileBytes *bytes,
				   const ScriptPart *part, ScriptTarget *target)
{
	const OutlineQuery *query = &outline->queries[part->first];
	const char *text = bytes->text + query->start;
	StatementWords words;

	memset(target, 0, sizeof(*target));
	initPQExpBuffer(&target->relation);
	initPQExpBuffer(&target->name);
	initPQExpBuffer(&target->partition);
	sql_words_init(&words, text, query->length);
	sql_words_next(&words);
	switch (part->kind)
	{
		case PART_CREATES_INDEX:
			read_create(&words, target);
			target->rest_length = text + query->length - target->rest;
			break;
		case PART_DROPS_INDEX:
			sql_words_accept(&words, "index");
			sql_words_accept(&words, "concurrently");
			accept_if_exists(&words);
			take_name(&words, &target->relation);
			break;
		case PART_REINDEXES:
			read_reindex(&words, target);
			break;
		case PART_DETACHES:
			read_detach(&words, target);
			break;
		default:
			break;
	}
}

void
script_target_free(ScriptTarget *target)
{
	termPQExpBuffer(&target->relation);
	termPQExpBuffer(&target->name);
	termPQExpBuffer(&target->partition);
}
