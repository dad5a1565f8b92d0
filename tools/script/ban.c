/*-------------------------------------------------------------------------
 *
 * script/ban.c
 *		Statements that cannot be run inside a transaction, or outside
 *
 * They are those for which the server calls PreventInTransactionBlock, as far
 * as one can know it from the statement: whether the table of REINDEX TABLE
 * is partitioned, or what a procedure does, is not among that.  What depends
 * on the release is taken as in the latest one.
 *
 * The others are some of those for which it calls RequireTransactionBlock.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/ban.h"

/* What stands between parentheses or commas switches an option off */
static bool
is_off(const StatementWords *words)
{
	char	   *value;
	bool		result;

	if (words->token.kind == SQL_NUMBER)
		return words->token.length == 1 && *words->token.start == '0';
	if (words->token.kind != SQL_IDENTIFIER && words->token.kind != SQL_STRING)
		return false;
	value = sql_constant_decode(&words->token);
	result = value != NULL && (pg_strcasecmp(value, "false") == 0 ||
							   pg_strcasecmp(value, "off") == 0);
	pg_free(value);
	return result;
}

/*
 * Is there an option of that name between parentheses, from the current token
 * on, and what is its value?
 */
static bool
find_option(StatementWords words, const char *name, bool *is_on)
{
	bool		before_name = false;

	while (!sql_words_at_end(&words))
	{
		if (before_name && sql_constant_is(&words.token, name))
		{
			sql_words_next(&words);
			if (sql_words_at_symbol(&words, "="))
				sql_words_next(&words);
			*is_on = !is_off(&words);
			return true;
		}
		before_name = sql_words_at_symbol(&words, "(") ||
			sql_words_at_symbol(&words, ",");
		sql_words_next(&words);
	}
	return false;
}

/* Is this option there and on? */
static bool
has_option(const StatementWords *words, const char *name)
{
	bool		is_on;

	return find_option(*words, name, &is_on) && is_on;
}

/* Is this option there and off? */
static bool
lacks_option(const StatementWords *words, const char *name)
{
	bool		is_on;

	return find_option(*words, name, &is_on) && !is_on;
}

/* At an opening parenthesis, pass all up to the one that closes. */
static void
pass_parentheses(StatementWords *words)
{
	int			depth = 0;

	do
	{
		if (sql_words_at_symbol(words, "("))
			depth++;
		else if (sql_words_at_symbol(words, ")"))
			depth--;
		if (depth == 0 && !sql_words_at_symbol(words, ")"))
			return;
		sql_words_next(words);
	} while (depth > 0 && !sql_words_at_end(words));
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

static const char *
find_create(StatementWords *words)
{
	if (sql_words_at(words, "database"))
		return "CREATE DATABASE";
	if (sql_words_at(words, "tablespace"))
		return "CREATE TABLESPACE";
	if (sql_words_accept(words, "subscription"))
		return lacks_option(words, "connect") ||
			lacks_option(words, "create_slot") ? NULL : "CREATE SUBSCRIPTION";
	sql_words_accept(words, "unique");
	if (sql_words_accept(words, "index") &&
		sql_words_at(words, "concurrently"))
		return "CREATE INDEX CONCURRENTLY";
	return NULL;
}

static const char *
find_drop(StatementWords *words)
{
	if (sql_words_at(words, "database"))
		return "DROP DATABASE";
	if (sql_words_at(words, "tablespace"))
		return "DROP TABLESPACE";
	if (sql_words_at(words, "subscription"))
		return "DROP SUBSCRIPTION";
	if (sql_words_accept(words, "index") &&
		sql_words_at(words, "concurrently"))
		return "DROP INDEX CONCURRENTLY";
	return NULL;
}

static const char *
find_reindex(StatementWords *words)
{
	if (has_option(words, "concurrently"))
		return "REINDEX CONCURRENTLY";
	pass_parentheses(words);
	if (sql_words_at(words, "schema"))
		return "REINDEX SCHEMA";
	if (sql_words_at(words, "database"))
		return "REINDEX DATABASE";
	if (sql_words_at(words, "system"))
		return "REINDEX SYSTEM";
	sql_words_next(words);
	return sql_words_at(words, "concurrently") ?
		"REINDEX CONCURRENTLY" : NULL;
}

/* CLUSTER of all tables */
static const char *
find_cluster(StatementWords *words)
{
	pass_parentheses(words);
	sql_words_accept(words, "verbose");
	return sql_words_at_end(words) ? "CLUSTER without a table" : NULL;
}

/* REPACK of all tables, or in a way that takes more than one transaction */
static const char *
find_repack(StatementWords *words)
{
	if (has_option(words, "concurrently"))
		return "REPACK (CONCURRENTLY)";
	if (has_option(words, "analyze") || has_option(words, "analyse"))
		return "REPACK (ANALYZE)";
	pass_parentheses(words);
	return sql_words_at_end(words) ||
		sql_words_at(words, "using") ? "REPACK without a table" : NULL;
}

/* ALTER SUBSCRIPTION, after its name */
static const char *
find_alter_subscription(StatementWords *words)
{
	bool		is_on;

	if (sql_words_accept(words, "refresh"))
		return sql_words_at(words, "publication") ?
			"ALTER SUBSCRIPTION ... REFRESH PUBLICATION" : NULL;
	if (sql_words_at(words, "set") &&
		find_option(*words, "failover", &is_on))
		return "ALTER SUBSCRIPTION ... SET (failover)";
	if (sql_words_at(words, "set") && lacks_option(words, "two_phase"))
		return "ALTER SUBSCRIPTION ... SET (two_phase = false)";
	if (!sql_words_accept(words, "set") &&
		!sql_words_accept(words, "add") &&
		!sql_words_accept(words, "drop"))
		return NULL;
	if (sql_words_at(words, "publication"))
		return lacks_option(words, "refresh") ? NULL :
			"ALTER SUBSCRIPTION that refreshes";
	return NULL;
}

/* ALTER TABLE: look for DETACH PARTITION name CONCURRENTLY. */
static const char *
find_alter_table(StatementWords *words)
{
	if (sql_words_accept(words, "if"))
		sql_words_accept(words, "exists");
	sql_words_accept(words, "only");
	pass_name(words);
	if (sql_words_at_symbol(words, "*"))
		sql_words_next(words);
	if (!sql_words_accept(words, "detach") ||
		!sql_words_accept(words, "partition"))
		return NULL;
	pass_name(words);
	return sql_words_at(words, "concurrently") ?
		"ALTER TABLE ... DETACH PARTITION CONCURRENTLY" : NULL;
}

static const char *
find_alter(StatementWords *words)
{
	if (sql_words_at(words, "system"))
		return "ALTER SYSTEM";
	if (sql_words_accept(words, "table"))
		return find_alter_table(words);
	if (sql_words_accept(words, "subscription"))
	{
		pass_name(words);
		return find_alter_subscription(words);
	}
	if (!sql_words_accept(words, "database"))
		return NULL;
	pass_name(words);
	return sql_words_accept(words, "set") &&
		sql_words_at(words, "tablespace") ?
		"ALTER DATABASE ... SET TABLESPACE" : NULL;
}

/* Does the body of a DO block end the transaction that it runs in? */
static bool
body_ends_transaction(const SqlToken *body)
{
	static const char *const openings[] = {"begin", "then", "else", "loop"};
	char	   *text = sql_constant_decode(body);
	StatementWords words;
	bool		at_beginning = true;
	bool		result = false;
	size_t		i;

	if (text == NULL)
		return false;
	sql_lexer_init(&words.lexer, text, strlen(text));
	for (sql_words_next(&words);
		 !sql_words_at_end(&words) && !result;)
	{
		bool		is_end = at_beginning &&
			(sql_words_at(&words, "commit") ||
			 sql_words_at(&words, "rollback"));

		at_beginning = sql_words_at_symbol(&words, ";");
		for (i = 0; i < lengthof(openings); i++)
			at_beginning |= sql_words_at(&words, openings[i]);
		sql_words_next(&words);
		result = is_end && (sql_words_at_symbol(&words, ";") ||
							sql_words_at(&words, "and"));
	}
	pg_free(text);
	return result;
}

static const char *
find_do(StatementWords *words)
{
	for (; !sql_words_at_end(words); sql_words_next(words))
	{
		if (sql_words_at(words, "language"))
			sql_words_next(words);
		else if (words->token.kind == SQL_STRING &&
				 body_ends_transaction(&words->token))
			return "DO with COMMIT or ROLLBACK";
	}
	return NULL;
}

const char *
script_ban_find(StatementWords words)
{
	if (sql_words_at(&words, "vacuum"))
		return "VACUUM";
	if (sql_words_accept(&words, "create"))
		return find_create(&words);
	if (sql_words_accept(&words, "drop"))
		return find_drop(&words);
	if (sql_words_accept(&words, "alter"))
		return find_alter(&words);
	if (sql_words_accept(&words, "do"))
		return find_do(&words);
	if (sql_words_accept(&words, "reindex"))
		return find_reindex(&words);
	if (sql_words_accept(&words, "cluster"))
		return find_cluster(&words);
	if (sql_words_accept(&words, "repack"))
		return find_repack(&words);
	if (sql_words_accept(&words, "discard"))
		return sql_words_at(&words, "all") ? "DISCARD ALL" : NULL;
	if (sql_words_accept(&words, "commit"))
		return sql_words_at(&words, "prepared") ?
			"COMMIT PREPARED" : NULL;
	if (sql_words_accept(&words, "rollback"))
		return sql_words_at(&words, "prepared") ?
			"ROLLBACK PREPARED" : NULL;
	return NULL;
}

const char *
script_ban_find_outside(StatementWords words)
{
	bool		is_rollback;

	if (sql_words_at(&words, "savepoint"))
		return "SAVEPOINT";
	if (sql_words_at(&words, "release"))
		return "RELEASE SAVEPOINT";
	if (sql_words_at(&words, "lock"))
		return "LOCK TABLE";

	is_rollback = sql_words_accept(&words, "rollback") ||
		sql_words_accept(&words, "abort");
	if (!is_rollback && !sql_words_accept(&words, "commit") &&
		!sql_words_accept(&words, "end"))
		return NULL;
	if (!sql_words_accept(&words, "work"))
		sql_words_accept(&words, "transaction");
	if (is_rollback && sql_words_at(&words, "to"))
		return "ROLLBACK TO SAVEPOINT";
	return sql_words_accept(&words, "and") &&
		sql_words_at(&words, "chain") ?
		(is_rollback ? "ROLLBACK AND CHAIN" : "COMMIT AND CHAIN") : NULL;
}
