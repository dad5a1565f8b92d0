/*-------------------------------------------------------------------------
 *
 * script/statement.c
 *		What a statement is to the transaction that it stands in
 *
 * Nearly all kinds are known by the first word or two.  All that is not known
 * to leave nothing behind is work.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/statement.h"

/* Does the rest of a COMMIT or ROLLBACK begin a new transaction? */
static bool
has_chain(StatementWords *words)
{
	return sql_words_accept(words, "and") &&
		sql_words_at(words, "chain");
}

/* COMMIT, END, ROLLBACK, ABORT, whose first word has been passed. */
static StatementKind
find_end(StatementWords *words, StatementKind kind, bool *chains)
{
	if (sql_words_at(words, "prepared"))
		return STATEMENT_FINISH;
	if (!sql_words_accept(words, "work"))
		sql_words_accept(words, "transaction");
	if (sql_words_at(words, "to"))
		return STATEMENT_SAVEPOINT;
	*chains = has_chain(words);
	return kind;
}

/*
 * A query, from its first word on.  Calls of our assertions, which belong at
 * the top of a script, and of set_config, which pg_dump puts there, change
 * nothing; any other may.
 */
static StatementKind
find_query(StatementWords *words)
{
	SqlToken	before = words->token;
	bool		after_schema = false;

	while (!sql_words_at_end(words))
	{
		sql_words_next(words);
		if (sql_words_at_symbol(words, "("))
		{
			if (sql_constant_is(&before, "set_config"))
				return STATEMENT_SETTING;
			return after_schema && before.length > strlen("assert_") &&
				pg_strncasecmp(before.start, "assert_",
							   strlen("assert_")) == 0 ?
				STATEMENT_SETTING : STATEMENT_WORK;
		}
		if (sql_words_at_symbol(words, "."))
		{
			after_schema = sql_constant_is(&before, "_v");
			sql_words_next(words);
		}
		else
			after_schema = false;
		before = words->token;
	}
	return STATEMENT_WORK;
}

/* CREATE EXTENSION versioning must come before what calls its functions. */
static StatementKind
find_create(StatementWords *words)
{
	if (!sql_words_accept(words, "extension"))
		return STATEMENT_WORK;
	if (sql_words_accept(words, "if") &&
		sql_words_accept(words, "not"))
		sql_words_accept(words, "exists");
	return sql_constant_is(&words->token, "versioning") ?
		STATEMENT_SETTING : STATEMENT_WORK;
}

StatementKind
script_statement_kind(StatementWords words, bool *chains)
{
	static const char *const settings[] = {
		"set", "reset", "show", "lock", "discard", "deallocate", "load",
		"listen", "unlisten", "prepare"
	};
	size_t		i;

	*chains = false;
	if (sql_words_at(&words, "select"))
		return find_query(&words);
	if (sql_words_accept(&words, "begin"))
		return STATEMENT_BEGIN;
	if (sql_words_accept(&words, "start"))
		return sql_words_at(&words, "transaction") ?
			STATEMENT_BEGIN : STATEMENT_WORK;
	if (sql_words_accept(&words, "commit") ||
		sql_words_accept(&words, "end"))
		return find_end(&words, STATEMENT_COMMIT, chains);
	if (sql_words_accept(&words, "rollback") ||
		sql_words_accept(&words, "abort"))
		return find_end(&words, STATEMENT_ROLLBACK, chains);
	if (sql_words_at(&words, "savepoint") ||
		sql_words_at(&words, "release"))
		return STATEMENT_SAVEPOINT;
	if (sql_words_accept(&words, "create"))
		return find_create(&words);
	for (i = 0; i < lengthof(settings); i++)
	{
		if (!sql_words_accept(&words, settings[i]))
			continue;
		return strcmp(settings[i], "prepare") == 0 &&
			sql_words_at(&words, "transaction") ?
			STATEMENT_PREPARE : STATEMENT_SETTING;
	}
	return STATEMENT_WORK;
}
