/*-------------------------------------------------------------------------
 *
 * scratch/schema.c
 *		What is in a database beside the register, as plain statements
 *
 * pg_dump prints it, and begins with settings for a session of its own.  Here
 * they last as long as the transaction; how long something may take is not for
 * them to say, nor how strings are read and encoded, unless that is unusual.
 *
 * Subscriptions and user mappings are left out: they are of one database, and
 * may have passwords in them.
 *
 * The extension that keeps the register is not asked for.  Grants on its
 * objects and event triggers that call its functions are the database's own,
 * and left out.  A line of a dump may as well be one of a function, so these
 * are found as statements.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "database/connection.h"
#include "pqexpbuffer.h"
#include "psql/script.h"
#include "scratch/dump.h"
#include "scratch/schema.h"
#include "sql/words.h"

/* How pg_dump empties the search_path of its session, and how we do */
static const char dump_search_path[] =
"SELECT pg_catalog.set_config('search_path', '', false);";
static const char local_search_path[] = "SET LOCAL search_path = '';";

/* The statements so far */
typedef struct SchemaText
{
	PQExpBuffer text;
	size_t		role_start;		/* where that is set whose grants follow, */
	size_t		role_end;		/* and where they begin */
	SqlToken	left_trigger;	/* the event trigger left out last: its name */
} SchemaText;

/* Does this statement set what a patch can take for granted? */
static bool
is_usual_setting(const char *start, size_t length)
{
	static const char *const usual[] = {
		"SET client_encoding = 'UTF8';", "SET client_encoding = 'SQL_ASCII';",
		"SET standard_conforming_strings = on;"
	};
	size_t		i;

	for (i = 0; i < lengthof(usual); i++)
		if (length == strlen(usual[i]) && memcmp(start, usual[i], length) == 0)
			return true;
	return false;
}

/* Is this one of the settings that are not for a patch to make? */
static bool
is_left_setting(const StatementWords *words)
{
	static const char *const names[] = {
		"statement_timeout", "lock_timeout", "transaction_timeout",
		"idle_in_transaction_session_timeout"
	};
	size_t		i;

	for (i = 0; i < lengthof(names); i++)
		if (sql_words_at(words, names[i]))
			return true;
	return false;
}

/* Is the rest of the statement about the extension that keeps the register? */
static bool
is_our_extension(StatementWords words)
{
	if (!sql_words_accept(&words, "extension"))
		return false;
	if (sql_words_accept(&words, "if") && sql_words_accept(&words, "not"))
		(void) sql_words_accept(&words, "exists");
	return sql_words_at(&words, "versioning");
}

/* Is it a grant on something in its schema, or on that? */
static bool
is_our_grant(StatementWords words)
{
	int			depth = 0;

	while (!sql_words_at_end(&words) &&
		   (depth > 0 || !sql_words_at(&words, "on")))
	{
		depth += sql_words_at_symbol(&words, "(") -
			sql_words_at_symbol(&words, ")");
		sql_words_next(&words);
	}
	sql_words_next(&words);		/* ON */
	sql_words_next(&words);		/* what kind of object it is */
	return sql_words_at(&words, "_v");
}

/*
 * Is the rest of the statement about an event trigger?  Then its name is the
 * current word.
 */
static bool
accept_event_trigger(StatementWords *words)
{
	return sql_words_accept(words, "event") &&
		sql_words_accept(words, "trigger");
}

/* Is the rest one that creates one for a function of ours?  Remember it. */
static bool
is_our_trigger(SchemaText *schema, StatementWords words)
{
	SqlToken	name;

	if (!accept_event_trigger(&words))
		return false;
	name = words.token;
	while (!sql_words_at_end(&words) && !sql_words_at(&words, "execute"))
		sql_words_next(&words);
	sql_words_next(&words);		/* EXECUTE */
	sql_words_next(&words);		/* FUNCTION */
	if (!sql_words_at(&words, "_v"))
		return false;
	schema->left_trigger = name;
	return true;
}

/* Is it about the event trigger left out last?  pg_dump goes on with it. */
static bool
is_of_left_trigger(const SqlToken *name, StatementWords words)
{
	return accept_event_trigger(&words) && name->start != NULL &&
		words.token.length == name->length &&
		memcmp(words.token.start, name->start, name->length) == 0;
}

/* Is the rest of CREATE about what is left out? */
static bool
is_left_object(SchemaText *schema, StatementWords words)
{
	return is_our_extension(words) || is_our_trigger(schema, words) ||
		(sql_words_accept(&words, "user") && sql_words_at(&words, "mapping"));
}

/* Is this statement to be left out? */
static bool
is_left_out(SchemaText *schema, StatementWords words)
{
	if (sql_words_accept(&words, "set"))
		return is_left_setting(&words);
	if (sql_words_accept(&words, "create"))
		return is_left_object(schema, words);
	if (sql_words_accept(&words, "alter"))
		return is_of_left_trigger(&schema->left_trigger, words);
	if (sql_words_accept(&words, "comment"))
		return sql_words_accept(&words, "on") &&
			(is_our_extension(words) ||
			 is_of_left_trigger(&schema->left_trigger, words));
	return (sql_words_at(&words, "grant") || sql_words_at(&words, "revoke")) &&
		is_our_grant(words);
}

/* Append a statement as it is to be. */
static void
append_changed(PQExpBuffer text, StatementWords words, const char *start,
			   size_t length)
{
	size_t		set_length = strlen("SET");

	if (length == strlen(dump_search_path) &&
		memcmp(start, dump_search_path, length) == 0)
		appendPQExpBufferStr(text, local_search_path);
	else if (sql_words_at(&words, "set"))
	{
		appendPQExpBufferStr(text, "SET LOCAL");
		appendBinaryPQExpBuffer(text, start + set_length,
								length - set_length);
	}
	else
		appendBinaryPQExpBuffer(text, start, length);
}

/* Is it about whom the session acts for? */
static bool
is_about_role(StatementWords words)
{
	return sql_words_accept(&words, "session") &&
		sql_words_at(&words, "authorization");
}

/*
 * Append a statement, with what stands before it.  Grants may stand between
 * two that set their grantor: if they are left out, so are these.
 */
static void
append_statement(SchemaText *schema, const char *before, const char *start,
				 const char *end)
{
	PQExpBuffer text = schema->text;
	size_t		length = text->len;
	StatementWords words;
	StatementWords rest;

	sql_words_init(&words, start, end - start);
	if (is_left_out(schema, words) || is_usual_setting(start, end - start))
		return;
	rest = words;
	sql_words_next(&rest);
	if (sql_words_at(&words, "reset") && is_about_role(rest) &&
		length == schema->role_end)
	{
		text->len = schema->role_start;
		text->data[text->len] = '\0';
		return;
	}
	/* There are more empty lines after what was left out */
	while (strncmp(before, "\n\n\n", 3) == 0)
		before++;
	appendBinaryPQExpBuffer(text, before, start - before);
	append_changed(text, words, start, end - start);
	if (sql_words_at(&words, "set") && is_about_role(rest))
	{
		schema->role_start = length;
		schema->role_end = text->len;
	}
}

/* psql would do something that the server knows nothing of. */
static void
see_command(void *state, const PsqlCommand *command pg_attribute_unused())
{
	*(bool *) state = true;
}

/* Comments go with the statements that they stand before. */
static void
see_comment(void *state pg_attribute_unused(),
			const SqlToken *comment pg_attribute_unused())
{
}

/* Append the statements of a dump.  Returns false after a message. */
static bool
append_statements(PQExpBuffer text, const char *dump)
{
	SchemaText	schema = {.text = text};
	bool		has_commands = false;
	PsqlWatcher watcher = {see_comment, see_command, &has_commands};
	PsqlScript	script;
	const char *before = dump;
	const char *start = NULL;

	psql_script_init(&script, dump, strlen(dump), 1, true);
	psql_script_watch(&script, &watcher);
	for (psql_script_next(&script); script.token.kind != SQL_END;
		 psql_script_next(&script))
	{
		if (start == NULL)
			start = script.token.start;
		if (script.token.kind != SQL_SEND)
			continue;
		append_statement(&schema, before, start, script.lexer.cursor);
		before = script.lexer.cursor;
		start = NULL;
	}
	appendPQExpBufferChar(text, '\n');
	psql_script_free(&script);
	if (has_commands)
		pg_log_error("pg_dump has printed what is for psql and not for the "
					 "server");
	return !has_commands && !PQExpBufferBroken(text);
}

/*
 * A new database has the schema public, and pg_dump does not say that another
 * one has not: append that.  Returns false after a message.
 */
static bool
append_no_public(PQExpBuffer text, PGconn *conn)
{
	PGresult   *result =
		connection_query(conn, "SELECT FROM pg_catalog.pg_namespace "
						 "WHERE nspname = 'public'");

	if (result != NULL && PQntuples(result) == 0)
		appendPQExpBufferStr(text, "DROP SCHEMA IF EXISTS public;\n\n");
	PQclear(result);
	return result != NULL;
}

char *
scratch_schema_take(const char *argv0, PGconn *conn, int64 lock_timeout)
{
	char	   *options = psprintf("--exclude-schema=_v --no-subscriptions "
								   "--lock-wait-timeout=" INT64_FORMAT
								   " --encoding=%s", lock_timeout,
								   PQparameterStatus(conn,
													 "server_encoding"));
	PQExpBuffer text = createPQExpBuffer();
	char	   *dump = append_no_public(text, conn) ?
		scratch_dump_take(argv0, conn, options) : NULL;
	char	   *result = NULL;

	if (dump != NULL && append_statements(text, dump))
		result = pg_strdup(text->data);
	destroyPQExpBuffer(text);
	pg_free(dump);
	pg_free(options);
	return result;
}

/* Pass what does not count. */
static const char *
pass_spelling(const char *p)
{
	static const char cast[] = "::text";
	size_t		length = strlen(cast);

	for (;;)
	{
		if (*p == '(' || *p == ')')
			p++;
		else if (strncmp(p, cast, length) == 0 && p[length] != '_' &&
				 !isalnum((unsigned char) p[length]))
			p += strncmp(p + length, "[]", 2) == 0 ? length + 2 : length;
		else
			return p;
	}
}

bool
scratch_schema_is_same(const char *one, const char *other)
{
	for (;; one++, other++)
	{
		one = pass_spelling(one);
		other = pass_spelling(other);
		if (*one != *other)
			return false;
		if (*one == '\0')
			return true;
	}
}
