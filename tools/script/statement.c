/*-------------------------------------------------------------------------
 *
 * script/statement.c
 *		What a statement is to the transaction that it stands in
 *
 * Nearly all kinds are known by the first words, and stand in a table.  All
 * that is not known to leave nothing behind is work.  What cannot run inside
 * a transaction block is that for which the server calls
 * PreventInTransactionBlock; what cannot run outside one is some of that for
 * which it calls RequireTransactionBlock.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/statement.h"

/*
 * A pattern is matched by a statement that begins so:
 *
 *	word		that key word; a|b is one of two
 *	?word		the same, which may be missing
 *	=word		that identifier, quoted or not
 *	%			a name, qualified or not
 *	()			all up to the closing parenthesis, if there is one
 *	.			the end of the statement
 *	+word		an option of that name in parentheses further on, that is on
 *	-word		the same, that is off
 *	*word		the same, whatever it is
 */
typedef struct StatementPattern
{
	const char *pattern;
	StatementTraits traits;
} StatementPattern;

#define CHAIN(end) \
	.kind = STATEMENT_##end, .need = #end " AND CHAIN", .chains = true

#define REPEATABLE .part = PART_IS_REPEATABLE
#define REINDEX_CONCURRENTLY \
	.ban = "REINDEX CONCURRENTLY", .part = PART_REINDEXES

/* The first pattern that is matched counts; all begin with a word. */
static const StatementPattern patterns[] =
{
	{"begin", {.kind = STATEMENT_BEGIN}},
	{"start transaction", {.kind = STATEMENT_BEGIN}},
	{"commit prepared", {.kind = STATEMENT_FINISH, .ban = "COMMIT PREPARED"}},
	{"rollback prepared",
		{.kind = STATEMENT_FINISH, .ban = "ROLLBACK PREPARED"}},
	{"commit ?work|transaction and chain", {CHAIN(COMMIT)}},
	{"commit", {.kind = STATEMENT_COMMIT}},
	{"end ?work|transaction and chain", {CHAIN(COMMIT)}},
	{"end", {.kind = STATEMENT_COMMIT}},
	{"rollback ?work|transaction and chain", {CHAIN(ROLLBACK)}},
	{"rollback ?work|transaction to",
		{.kind = STATEMENT_SAVEPOINT, .need = "ROLLBACK TO SAVEPOINT"}},
	{"rollback", {.kind = STATEMENT_ROLLBACK}},
	{"abort ?work|transaction and chain", {CHAIN(ROLLBACK)}},
	{"abort", {.kind = STATEMENT_ROLLBACK}},
	{"prepare transaction", {.kind = STATEMENT_PREPARE}},
	{"savepoint", {.kind = STATEMENT_SAVEPOINT, .need = "SAVEPOINT"}},
	{"release", {.kind = STATEMENT_SAVEPOINT, .need = "RELEASE SAVEPOINT"}},

	{"lock", {.kind = STATEMENT_SETTING, .need = "LOCK TABLE"}},
	{"set ?session|local names",
		{.kind = STATEMENT_SETTING, .is_for_psql = true}},
	{"listen", {.kind = STATEMENT_SETTING, .is_for_psql = true}},
	{"discard all", {.kind = STATEMENT_SETTING, .ban = "DISCARD ALL"}},
	{"set", {.kind = STATEMENT_SETTING}},
	{"reset", {.kind = STATEMENT_SETTING}},
	{"show", {.kind = STATEMENT_SETTING}},
	{"prepare", {.kind = STATEMENT_SETTING}},
	{"discard", {.kind = STATEMENT_SETTING}},
	{"deallocate", {.kind = STATEMENT_SETTING}},
	{"load", {.kind = STATEMENT_SETTING}},
	{"unlisten", {.kind = STATEMENT_SETTING}},

	/* It must come before what calls its functions */
	{"create extension ?if ?not ?exists =versioning",
		{.kind = STATEMENT_SETTING}},

	{"copy", {.is_for_psql = true}},
	{"vacuum", {.ban = "VACUUM", REPEATABLE}},
	{"create database", {.ban = "CREATE DATABASE"}},
	{"create tablespace", {.ban = "CREATE TABLESPACE"}},
	{"create subscription -connect", {.kind = STATEMENT_WORK}},
	{"create subscription -create_slot", {.kind = STATEMENT_WORK}},
	{"create subscription", {.ban = "CREATE SUBSCRIPTION"}},
	{"create ?unique index concurrently",
		{.ban = "CREATE INDEX CONCURRENTLY", .part = PART_CREATES_INDEX}},
	{"drop database", {.ban = "DROP DATABASE"}},
	{"drop tablespace", {.ban = "DROP TABLESPACE"}},
	{"drop subscription", {.ban = "DROP SUBSCRIPTION"}},
	{"drop index concurrently",
		{.ban = "DROP INDEX CONCURRENTLY", .part = PART_DROPS_INDEX}},
	{"reindex +concurrently", {REINDEX_CONCURRENTLY}},
	{"reindex () table|index concurrently", {REINDEX_CONCURRENTLY}},
	{"reindex () schema|database concurrently", {REINDEX_CONCURRENTLY}},
	{"reindex () schema", {.ban = "REINDEX SCHEMA", REPEATABLE}},
	{"reindex () database", {.ban = "REINDEX DATABASE", REPEATABLE}},
	{"reindex () system", {.ban = "REINDEX SYSTEM", REPEATABLE}},
	{"reindex", {REPEATABLE}},
	{"cluster () ?verbose .",
		{.ban = "CLUSTER without a table", REPEATABLE}},
	{"cluster", {REPEATABLE}},
	{"repack +concurrently", {.ban = "REPACK (CONCURRENTLY)", REPEATABLE}},
	{"repack +analyze", {.ban = "REPACK (ANALYZE)", REPEATABLE}},
	{"repack +analyse", {.ban = "REPACK (ANALYZE)", REPEATABLE}},
	{"repack () .", {.ban = "REPACK without a table", REPEATABLE}},
	{"repack () using", {.ban = "REPACK without a table", REPEATABLE}},
	{"repack", {REPEATABLE}},
	{"analyze", {REPEATABLE}},
	{"analyse", {REPEATABLE}},
	{"checkpoint", {REPEATABLE}},
	{"call", {.part = PART_IS_PIECES}},
	{"alter system", {.ban = "ALTER SYSTEM", REPEATABLE}},
	{"alter table ?if ?exists ?only % ?* detach partition % concurrently",
		{.ban = "ALTER TABLE ... DETACH PARTITION CONCURRENTLY",
		.part = PART_DETACHES}},
	{"alter table ?if ?exists ?only % validate constraint % .",
		{.is_patient = true}},
	{"refresh materialized view concurrently", {.is_patient = true}},
	{"alter database % set tablespace",
		{.ban = "ALTER DATABASE ... SET TABLESPACE"}},
	{"alter subscription % refresh publication",
		{.ban = "ALTER SUBSCRIPTION ... REFRESH PUBLICATION", REPEATABLE}},
	{"alter subscription % set *failover",
		{.ban = "ALTER SUBSCRIPTION ... SET (failover)"}},
	{"alter subscription % set -two_phase",
		{.ban = "ALTER SUBSCRIPTION ... SET (two_phase = false)"}},
	{"alter subscription % set -slot_name", {.lets_slot_go = true}},
	{"alter subscription % set|add|drop publication -refresh",
		{.kind = STATEMENT_WORK}},
	{"alter subscription % set|add|drop publication",
		{.ban = "ALTER SUBSCRIPTION that refreshes"}},
};

/* Is there an option of that name between parentheses, with such a value? */
static bool
has_option(StatementWords words, char wanted, const char *name)
{
	bool		before_name = false;

	while (!sql_words_at_end(&words))
	{
		if (before_name && sql_constant_is(&words.token, name))
		{
			sql_words_next(&words);
			if (sql_words_at_symbol(&words, "="))
				sql_words_next(&words);
			return wanted == '*' ||
				sql_constant_is_off(&words.token) == (wanted == '-');
		}
		before_name = sql_words_at_symbol(&words, "(") ||
			sql_words_at_symbol(&words, ",");
		sql_words_next(&words);
	}
	return false;
}

/* At an opening parenthesis, pass all up to the one that closes. */
static void
pass_parentheses(StatementWords *words)
{
	int			depth = 0;

	while (!sql_words_at_end(words))
	{
		depth += sql_words_at_symbol(words, "(");
		if (depth == 0)
			return;
		depth -= sql_words_at_symbol(words, ")");
		sql_words_next(words);
	}
}

/* Pass a name, qualified or not. */
static void
pass_name(StatementWords *words)
{
	sql_words_next(words);
	while (sql_words_at_symbol(words, "."))
	{
		sql_words_next(words);
		sql_words_next(words);
	}
}

/* If one of these words, with "|" in between, is the current one, pass it. */
static bool
accept_one_of(StatementWords *words, char *choices)
{
	char	   *rest;
	char	   *choice;

	for (choice = strtok_r(choices, "|", &rest); choice != NULL;
		 choice = strtok_r(NULL, "|", &rest))
	{
		if (sql_words_at(words, choice) || sql_words_at_symbol(words, choice))
		{
			sql_words_next(words);
			return true;
		}
	}
	return false;
}

/* Is an item of a pattern matched?  Passes what matches it. */
static bool
match_item(StatementWords *words, char *item)
{
	switch (*item)
	{
		case '?':
			(void) accept_one_of(words, item + 1);
			return true;
		case '=':
			return sql_constant_is(&words->token, item + 1);
		case '%':
			pass_name(words);
			return true;
		case '(':
			pass_parentheses(words);
			return true;
		case '.':
			return sql_words_at_end(words);
		case '+':
		case '-':
		case '*':
			return has_option(*words, *item, item + 1);
		default:
			return accept_one_of(words, item);
	}
}

/* Does the statement match the pattern? */
static bool
matches(StatementWords words, const char *pattern)
{
	char		item[32];		/* none of them is longer */

	while (*pattern != '\0')
	{
		size_t		length = strcspn(pattern, " ");

		memcpy(item, pattern, length);
		item[length] = '\0';
		if (!match_item(&words, item))
			return false;
		pattern += length;
		pattern += strspn(pattern, " ");
	}
	return true;
}

/*
 * Does a query, from its first word on, change nothing that matters?  Calls of
 * our assertions, which belong at the top of a script, and of set_config,
 * which pg_dump puts there, do not; any other may.
 */
static bool
changes_nothing(StatementWords words)
{
	SqlToken	before = words.token;
	bool		after_schema = false;

	while (!sql_words_at_end(&words))
	{
		sql_words_next(&words);
		if (sql_words_at_symbol(&words, "("))
			return sql_constant_is(&before, "set_config") ||
				(after_schema && before.length > strlen("assert_") &&
				 pg_strncasecmp(before.start, "assert_",
								strlen("assert_")) == 0);
		if (sql_words_at_symbol(&words, "."))
		{
			after_schema = sql_constant_is(&before, "_v");
			sql_words_next(&words);
		}
		else
			after_schema = false;
		before = words.token;
	}
	return false;
}

/* Does the body of a DO block end the transaction that it runs in? */
static bool
body_ends_transaction(const SqlToken *body)
{
	char	   *text = sql_constant_decode(body);
	StatementWords words;
	bool		at_beginning = true;
	bool		result = false;

	if (text == NULL)
		return false;
	sql_lexer_init(&words.lexer, text, strlen(text));
	for (sql_words_next(&words); !sql_words_at_end(&words) && !result;)
	{
		bool		is_end = at_beginning &&
			(sql_words_at(&words, "commit") ||
			 sql_words_at(&words, "rollback"));

		at_beginning = sql_words_at_symbol(&words, ";") ||
			sql_words_at(&words, "begin") || sql_words_at(&words, "then") ||
			sql_words_at(&words, "else") || sql_words_at(&words, "loop");
		sql_words_next(&words);
		result = is_end && (sql_words_at_symbol(&words, ";") ||
							sql_words_at(&words, "and"));
	}
	pg_free(text);
	return result;
}

/* Does a DO do so? */
static bool
do_ends_transaction(StatementWords words)
{
	for (; !sql_words_at_end(&words); sql_words_next(&words))
	{
		if (sql_words_at(&words, "language"))
			sql_words_next(&words);
		else if (words.token.kind == SQL_STRING &&
				 body_ends_transaction(&words.token))
			return true;
	}
	return false;
}

const StatementTraits *
script_statement_traits(StatementWords words)
{
	static const StatementTraits work = {.kind = STATEMENT_WORK};
	static const StatementTraits setting = {.kind = STATEMENT_SETTING};
	static const StatementTraits ending_do = {
		.ban = "DO with COMMIT or ROLLBACK", .part = PART_IS_PIECES
	};
	char		first = sql_lexer_fold(*words.token.start);
	size_t		i;

	if (sql_words_at(&words, "select"))
		return changes_nothing(words) ? &setting : &work;
	if (sql_words_at(&words, "do"))
		return do_ends_transaction(words) ? &ending_do : &work;
	for (i = 0; i < lengthof(patterns); i++)
		if (first == *patterns[i].pattern &&
			matches(words, patterns[i].pattern))
			return &patterns[i].traits;
	return &work;
}
