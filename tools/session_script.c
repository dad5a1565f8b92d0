/*-------------------------------------------------------------------------
 *
 * session_script.c
 *		What psql is sent, so that each file runs as in a fresh session
 *
 * Behind a file come, in this order,
 *	- the news that it has run, told where the file cannot interfere;
 *	- if it has meta-commands: what would make psql treat our own commands in
 *	  another way, put back, and then the listings of \set and \pset, from
 *	  which the rest is put back;
 *	- DISCARD ALL, for all that the server keeps for a session.  It fails if
 *	  a transaction is open, as it should;
 *	- one query, which is the first of the new session, and ends psql if that
 *	  is not the one that psql began with.
 *
 * Psql stops at the first error.  So another file may be sent as soon as it is
 * clear that nothing is to be put back: psql gets to it only if all else went
 * well.
 *
 * Every command that begins with a backslash makes psql write out what it
 * has printed so far: when the news come that it has listed all, the listings
 * lie in the pipe of standard output.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "deploy_lock.h"
#include "psql_settings.h"
#include "session_script.h"
#include "source_mark.h"

/* Begin the script of a psql.  The token must differ from psql to psql. */
void
session_script_init(SessionScript *script, const char *token,
					const char *news_path)
{
	memset(script, 0, sizeof(*script));
	script->token = token;
	script->news_path = news_path;
	if (getcwd(script->directory, sizeof(script->directory)) == NULL)
		script->directory[0] = '\0';
	initPQExpBuffer(&script->text);
}

/* Note what the next line is for. */
static void
mark_place(SessionScript *script, ScriptPlace place)
{
	script->places[place] = script->lines + 1;
}

/* Add whole lines. */
void
session_script_add(SessionScript *script, const char *commands)
{
	const char *p = commands;

	while ((p = strchr(p, '\n')) != NULL)
	{
		script->lines++;
		p++;
	}
	appendPQExpBufferStr(&script->text, commands);
}

/* Add a command and its argument, which is a path. */
static void
add_path_command(SessionScript *script, const char *command, const char *path)
{
	appendPQExpBuffer(&script->text, "%s ", command);
	psql_settings_append_quoted(&script->text, path, strlen(path));
	session_script_add(script, "\n");
}

/* Add commands that send news: a word and what psql makes of the rest. */
static void
add_news(SessionScript *script, const char *word, const char *rest)
{
	appendPQExpBuffer(&script->text, "\\o %s\n\\qecho %s %s%s\n\\o\n",
					  script->news_path, script->token, word, rest);
	script->lines += 3;
}

/*
 * Run a file, in a transaction of ours if it is to be wrapped; then send
 * NEWS_RAN and whether ON_ERROR_STOP is as it was.  To psql some paths are
 * something else, if no directory stands before them.
 */
void
session_script_add_file(SessionScript *script, const char *path,
						bool is_wrapped)
{
	PQExpBufferData plain;

	memcpy(script->places_before, script->places, sizeof(ScriptLines));
	memset(script->places, 0, sizeof(ScriptLines));
	initPQExpBuffer(&plain);
	if (path[0] == '~' || strcmp(path, "-") == 0)
		appendPQExpBufferStr(&plain, "./");
	appendPQExpBufferStr(&plain, path);

	if (is_wrapped)
	{
		mark_place(script, PLACE_BEGIN);
		session_script_add(script, "BEGIN;\n");
	}
	mark_place(script, PLACE_FILE);
	add_path_command(script, "\\i", plain.data);
	if (is_wrapped)
	{
		mark_place(script, PLACE_COMMIT);
		session_script_add(script, "COMMIT;\n");
	}
	add_news(script, NEWS_RAN, " :ON_ERROR_STOP");
	termPQExpBuffer(&plain);
}

/* List the variables and the format; send NEWS_LISTED. */
void
session_script_add_listing(SessionScript *script)
{
	appendPQExpBuffer(&script->text,
					  "\\echo %s " LISTING_VARIABLES "\n"
					  "\\set\n"
					  "\\echo %s " LISTING_FORMATS "\n"
					  "\\pset\n"
					  "\\echo %s " LISTING_END "\n",
					  script->token, script->token, script->token);
	script->lines += 5;
	add_news(script, NEWS_LISTED, "");
}

/* An expression for the number of a role, 0 if it was dropped meanwhile */
#define ROLE_NUMBER(role) \
	"coalesce(pg_catalog.to_regrole(pg_catalog.quote_ident(" role "))" \
	"::pg_catalog.oid, 0)"

/*
 * The first query of a session: take the lock that says that this psql is
 * there, say which file will be run (NULL: none), and see what the session is
 * like: which backend it has, since when, and which roles.  If that is not as
 * it was, psql ends by itself, without a word; else it sends NEWS_READY, and
 * what it has seen.
 */
static void
add_look(SessionScript *script, const char *next_path)
{
	PQExpBufferData query;
	PQExpBufferData mark;

	initPQExpBuffer(&mark);
	if (next_path != NULL)
	{
		appendPQExpBufferStr(&mark, ", ");
		source_mark_append(&mark, next_path, script->is_unicode);
	}
	initPQExpBuffer(&query);
	appendPQExpBuffer(&query,
					  "SELECT look AS versioning_look, since AS "
					  "versioning_since, %s%s%s AS versioning_is_same "
					  "FROM (SELECT pg_catalog.concat_ws(' ', "
					  "pg_catalog.pg_backend_pid(), "
					  "pg_catalog.current_setting('role') "
					  "OPERATOR(pg_catalog.<>) 'none', "
					  ROLE_NUMBER("session_user") ", "
					  ROLE_NUMBER("current_user") ") AS look, "
					  "pg_catalog.date_part('epoch', "
					  "pg_catalog.clock_timestamp()) AS since, "
					  "pg_catalog.pg_advisory_lock_shared(%d, %d)%s%s) "
					  "AS look \\gset\n",
					  script->look != NULL ?
					  "look OPERATOR(pg_catalog.=) '" : "true",
					  script->look != NULL ? script->look : "",
					  script->look != NULL ? "'" : "",
					  DEPLOY_LOCK_CLASS, DEPLOY_LOCK_PSQL,
					  script->checks_client ?
					  ", pg_catalog.set_config("
					  "'client_connection_check_interval', '1s', false)" : "",
					  mark.data);
	mark_place(script, PLACE_LOOK);
	session_script_add(script, query.data);
	termPQExpBuffer(&query);
	termPQExpBuffer(&mark);

	session_script_add(script, "\\if :versioning_is_same\n");
	add_news(script, NEWS_READY, " :versioning_since :versioning_look");
	session_script_add(script,
					   "\\else\n"
					   "\\q\n"
					   "\\endif\n"
					   "\\unset versioning_look\n"
					   "\\unset versioning_since\n"
					   "\\unset versioning_is_same\n");
}

/*
 * Put back what would make psql treat our commands in another way, and list
 * what else a file has left behind in it.
 */
void
session_script_add_survey(SessionScript *script)
{
	session_script_add(script,
					   "\\set QUIET on\n"
					   "\\set ECHO none\n"
					   "\\set ECHO_HIDDEN off\n"
					   "\\set AUTOCOMMIT on\n"
					   "\\set ON_ERROR_STOP 1\n"
					   "\\set ON_ERROR_ROLLBACK off\n"
					   "\\set SINGLELINE off\n"
					   "\\set SINGLESTEP off\n"
					   "\\set FETCH_COUNT 0\n"
					   "\\timing off\n");
	if (script->directory[0] != '\0')
		add_path_command(script, "\\cd", script->directory);
	session_script_add_listing(script);
}

/*
 * Have the server forget what a file has left behind there, and send
 * NEWS_READY.  Then the session is one for the next file (NULL: there is
 * none).
 */
void
session_script_add_renewal(SessionScript *script, const char *next_path)
{
	mark_place(script, PLACE_DISCARD);
	session_script_add(script, "DISCARD ALL;\n");
	if (script->has_role)
		session_script_add(script, "RESET ROLE;\n");
	add_look(script, next_path);
}

/* The place in a file's lines that a line is for. */
static ScriptPlace
find_place(const ScriptLines lines, int line)
{
	ScriptPlace result = PLACE_OTHER;
	int			place;

	for (place = PLACE_OTHER + 1; place < PLACES; place++)
		if (lines[place] != 0 && lines[place] <= line &&
			lines[place] >= lines[result])
			result = place;
	return result;
}

/*
 * What a line was for.  It may belong to the last file, or to the one before
 * it, if the last was sent ahead.
 */
ScriptPlace
session_script_place(const SessionScript *script, int line)
{
	ScriptPlace result = find_place(script->places, line);

	return result != PLACE_OTHER ? result :
		find_place(script->places_before, line);
}

/* Free what it holds. */
void
session_script_free(SessionScript *script)
{
	termPQExpBuffer(&script->text);
	pg_free(script->look);
}
