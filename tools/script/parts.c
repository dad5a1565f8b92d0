/*-------------------------------------------------------------------------
 *
 * script/parts.c
 *		The parts of a script that can be kept without the rest
 *
 * What else a statement may leave behind depends on how it works.  Most of
 * them, and most transaction blocks, are kept together with a note that is
 * written in the same transaction.  The others run in several transactions, or
 * do something outside any.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/parts.h"

/* The words of a query. */
static StatementWords
words_of(const OutlineQuery *query, const FileBytes *bytes)
{
	StatementWords words;

	sql_words_init(&words, bytes->text + query->start, query->length);
	return words;
}

/* Does a DO block say anything by which it could commit? */
static bool
may_commit(const OutlineQuery *query, const FileBytes *bytes)
{
	const char *text = bytes->text + query->start;

	return script_query_mention(text, query->length, "commit") > 0 ||
		script_query_mention(text, query->length, "rollback") > 0 ||
		script_query_mention(text, query->length, "call") > 0;
}

/* Is it nothing but one call of a function? */
static bool
is_one_call(StatementWords words)
{
	int			calls = 0;

	for (; !sql_words_at_end(&words); sql_words_next(&words))
		calls += sql_words_at_symbol(&words, "(");
	return calls == 1;
}

/* Is that key word anywhere in a statement? */
static bool
mentions(StatementWords words, const char *word)
{
	for (; !sql_words_at_end(&words); sql_words_next(&words))
		if (sql_words_at(&words, word))
			return true;
	return false;
}

/* The kind of a query that stands outside a transaction block. */
static ScriptPartKind
find_kind(const OutlineQuery *query, const FileBytes *bytes)
{
	StatementWords words = words_of(query, bytes);
	const StatementTraits *traits = script_statement_traits(words);

	if (script_parts_sets(query, bytes))
		return PART_IS_SETTING;
	if (traits->part != PART_IS_ATOMIC)
		return traits->part;
	if (traits->ban != NULL)
		return PART_IS_WHOLE;
	if (query->kind == STATEMENT_COMMIT || query->kind == STATEMENT_ROLLBACK)
		return PART_IS_REPEATABLE;
	if (query->kind == STATEMENT_PREPARE ||
		(sql_words_at(&words, "do") && may_commit(query, bytes)))
		return PART_IS_PIECES;
	return PART_IS_ATOMIC;
}

bool
script_parts_sets(const OutlineQuery *query, const FileBytes *bytes)
{
	StatementWords words = words_of(query, bytes);

	if (query->kind != STATEMENT_SETTING || sql_words_at(&words, "create") ||
		sql_words_at(&words, "lock"))
		return false;
	if (sql_words_at(&words, "select"))
		return is_one_call(words);
	if (!sql_words_accept(&words, "set"))
		return true;
	return !sql_words_at(&words, "local") &&
		!sql_words_at(&words, "transaction") &&
		!sql_words_at(&words, "constraints");
}

/* Can nothing be written in a block, so that it does nothing? */
static bool
is_read_only(const ScriptOutline *outline, const FileBytes *bytes,
			 const ScriptPart *part)
{
	int			i;

	for (i = part->first; i < part->first + part->count; i++)
	{
		const OutlineQuery *query = &outline->queries[i];
		StatementWords words = words_of(query, bytes);

		if ((query->kind == STATEMENT_BEGIN ||
			 query->kind == STATEMENT_SETTING) &&
			mentions(words, "read") && mentions(words, "only"))
			return true;
	}
	return false;
}

/* A block begins with the query of that number: find where it ends. */
static void
find_block(const ScriptOutline *outline, const FileBytes *bytes,
		   ScriptPart *part)
{
	bool		is_whole = true;

	for (part->count = 1; part->first + part->count < outline->query_count;)
	{
		const OutlineQuery *query =
			&outline->queries[part->first + part->count++];

		is_whole &= !query->chains;
		if (query->chains || (query->kind != STATEMENT_COMMIT &&
							  query->kind != STATEMENT_ROLLBACK &&
							  query->kind != STATEMENT_PREPARE))
			continue;
		part->is_committed = query->kind == STATEMENT_COMMIT &&
			!is_read_only(outline, bytes, part);
		if (query->kind == STATEMENT_PREPARE || !is_whole)
			part->kind = PART_IS_PIECES;
		else
			part->kind = part->is_committed ? PART_IS_ATOMIC :
				PART_IS_REPEATABLE;
		return;
	}
	part->is_left_open = true;
	part->kind = is_whole ? PART_IS_REPEATABLE : PART_IS_PIECES;
}

ScriptParts
script_parts_cut(const ScriptOutline *outline, const FileBytes *bytes)
{
	ScriptParts parts;
	const char *place = bytes->text;
	int			line = 1;
	int			next;

	parts.items = pg_malloc0((outline->query_count + 1) * sizeof(ScriptPart));
	parts.count = 0;
	for (next = 0; next < outline->query_count;)
	{
		ScriptPart *part = &parts.items[parts.count++];
		const OutlineQuery *query = &outline->queries[next];
		const char *start = words_of(query, bytes).token.start;
		const char *end;

		part->first = next;
		part->count = 1;
		part->line = line + sql_lexer_newlines(place, start);
		if (query->kind == STATEMENT_BEGIN)
			find_block(outline, bytes, part);
		else
			part->kind = find_kind(query, bytes);
		next += part->count;
		query = &outline->queries[next - 1];
		end = bytes->text + query->start + query->length;
		line = part->line + sql_lexer_newlines(start, end);
		part->end_line = line;
		place = end;
	}
	return parts;
}

/*
 * Does a statement make something temporary?  TEMP and TEMPORARY are names,
 * too, except after these words; but what rows are put into has a name.
 */
static bool
makes_temporary(StatementWords words)
{
	bool		may_follow = false;
	bool		is_put = false;

	for (; !sql_words_at_end(&words); sql_words_next(&words))
	{
		bool		is_into = sql_words_at(&words, "into");

		if (sql_words_at(&words, "pg_temp") ||
			(may_follow && (sql_words_at(&words, "temp") ||
							sql_words_at(&words, "temporary"))))
			return true;
		may_follow = (is_into && !is_put) || sql_words_at(&words, "create") ||
			sql_words_at(&words, "replace") ||
			sql_words_at(&words, "local") || sql_words_at(&words, "global");
		is_put = sql_words_at(&words, "insert") ||
			sql_words_at(&words, "merge");
	}
	return false;
}

bool
script_parts_is_temporary(const ScriptOutline *outline,
						  const FileBytes *bytes, const ScriptPart *part)
{
	int			i;

	for (i = part->first; i < part->first + part->count; i++)
	{
		StatementWords words = words_of(&outline->queries[i], bytes);

		if (makes_temporary(words) ||
			(sql_words_at(&words, "declare") && mentions(words, "hold")) ||
			(outline->queries[i].kind == STATEMENT_SETTING &&
			 sql_words_at(&words, "select") && !is_one_call(words)))
			return true;
	}
	return false;
}
