/*-------------------------------------------------------------------------
 *
 * session_script.c
 *		What psql is sent, so that each file runs as in a fresh session
 *
 * Behind a file come, in this order,
 *	- the news that it has run, told where the file cannot interfere;
 *	- what would make psql treat our own commands in another way, put back;
 *	- DISCARD ALL, for all that the server keeps for a session.  It fails if
 *	  a transaction is open, as it should;
 *	- one query, which is the first of the new session;
 *	- the listings of \set and \pset, from which the rest is put back.
 *
 * Every command that begins with a backslash makes psql write out what it
 * has printed so far: when the news come that all is done, the listings lie
 * in the pipe of standard output.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "deploy_lock.h"
#include "psql_settings.h"
#include "session_script.h"

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

	memset(script->places, 0, sizeof(script->places));
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

/* Forget what a file has left behind, on the server and in psql. */
void
session_script_add_discard(SessionScript *script)
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
	mark_place(script, PLACE_DISCARD);
	session_script_add(script, "DISCARD ALL;\n");
	if (script->has_role)
		session_script_add(script, "RESET ROLE;\n");
}

/*
 * Take the lock that says that this psql is there.  Send NEWS_LOOKED, the
 * process number of the backend, the time in seconds since 1970, and the role
 * that was set.
 */
void
session_script_add_look(SessionScript *script)
{
	PQExpBufferData query;

	initPQExpBuffer(&query);
	appendPQExpBuffer(&query,
					  "SELECT pg_catalog.concat_ws(' ', '%s " NEWS_LOOKED "', "
					  "pg_catalog.pg_advisory_lock_shared(%d, %d), "
					  "pg_catalog.pg_backend_pid(), "
					  "pg_catalog.date_part('epoch', "
					  "pg_catalog.clock_timestamp()), "
					  "pg_catalog.current_setting('role')%s) "
					  "\\g (format=unaligned tuples_only=on expanded=off) "
					  "%s\n",
					  script->token, DEPLOY_LOCK_CLASS, DEPLOY_LOCK_PSQL,
					  script->checks_client ?
					  ", pg_catalog.set_config("
					  "'client_connection_check_interval', '1s', false)" : "",
					  script->news_path);
	mark_place(script, PLACE_LOOK);
	session_script_add(script, query.data);
	termPQExpBuffer(&query);
}

/* List the variables and the format; send NEWS_READY. */
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
	add_news(script, NEWS_READY, "");
}

/* What a line was for, of those that belong to the last file. */
ScriptPlace
session_script_place(const SessionScript *script, int line)
{
	ScriptPlace result = PLACE_OTHER;
	int			place;

	for (place = PLACE_OTHER + 1; place < PLACES; place++)
		if (script->places[place] != 0 && script->places[place] <= line &&
			script->places[place] >= script->places[result])
			result = place;
	return result;
}

/* Free what it holds. */
void
session_script_free(SessionScript *script)
{
	termPQExpBuffer(&script->text);
}
