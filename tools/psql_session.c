/*-------------------------------------------------------------------------
 *
 * psql_session.c
 *		One psql that runs file after file, each as in a fresh session
 *
 * psql is sent a file, and what is to be done behind it (session_script.c),
 * at once.  While that is done, the caller may look what the file has done:
 * so it is told as soon as it has run, and then waits for the rest.
 *
 * What a file has left behind in psql is put back just before the next file,
 * and looked at once more: a psql that cannot be brought back to how it was
 * gives way to a new one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/wait.h>

#include "common/logging.h"
#include "interruption.h"
#include "psql_session.h"
#include "psql_settings.h"
#include "psql_talk.h"

/* How often to put settings back, before a new psql seems better */
#define TRIES 2

/* The exit status of psql after an error in a script */
#define PSQL_SCRIPT_ERROR 3

/* What a session is like.  The strings are owned, and NULL if not known. */
typedef struct SessionLook
{
	PsqlBackend backend;
	char	   *role;
	char	   *variables;
	char	   *formats;
} SessionLook;

struct PsqlSession
{
	const Options *options;		/* not owned */
	Progress   *progress;		/* not owned */
	ConnectionHandover *handover;
	bool		checks_client;	/* the server can look after dead clients */

	PsqlTalk   *talk;			/* NULL: there is no psql now */
	SessionLook fresh;			/* what it was like when it began */
	SessionLook now;			/* and after the last file */
	bool		is_stale;		/* a new psql must run the next file */
};

/* Free what a look holds. */
static void
free_look(SessionLook *look)
{
	pg_free(look->role);
	pg_free(look->variables);
	pg_free(look->formats);
	memset(look, 0, sizeof(*look));
}

/*
 * Wait until psql is ready, and learn what the session is like now.  Returns
 * false if psql has ended.
 */
static bool
look_at_session(PsqlSession *session, SessionLook *look, bool news_only)
{
	const char *news;
	int			length = 0;

	free_look(look);
	if (psql_talk_wait(session->talk, NEWS_READY, news_only) == NULL)
		return false;
	psql_talk_take_listings(session->talk, &look->variables, &look->formats);
	news = psql_talk_find_news(session->talk, NEWS_LOOKED);
	if (news != NULL &&
		sscanf(news, "%d %31s %n", &look->backend.pid, look->backend.since,
			   &length) == 2 && length > 0)
		look->role = pnstrdup(news + length, strcspn(news + length, "\n"));
	return true;
}

/* Is everything known about a session? */
static bool
is_complete(const SessionLook *look)
{
	return look->role != NULL && look->variables != NULL &&
		look->formats != NULL;
}

/* End psql. */
static void
end_psql(PsqlSession *session)
{
	if (session->talk != NULL)
		psql_talk_end(session->talk);
	session->talk = NULL;
}

/* Start psql, and learn what it is like.  Returns false after a message. */
static bool
start_psql(PsqlSession *session)
{
	SessionScript *script;

	session->talk = psql_talk_start(session->options->argv0,
									session->handover,
									&session->options->variables,
									session->progress);
	if (session->talk == NULL)
		return false;
	script = &session->talk->script;
	script->checks_client = session->checks_client;
	session_script_add_discard(script);
	session_script_add_look(script);
	session_script_add_listing(script);
	psql_talk_send(session->talk);
	session->is_stale = false;
	if (look_at_session(session, &session->fresh, false) &&
		is_complete(&session->fresh))
	{
		script->has_role = strncmp(session->fresh.role, "none", 4) != 0;
		return true;
	}
	end_psql(session);
	if (interruption_count() == 0)
		pg_log_error("psql could not be made ready to run files");
	return false;
}

/*
 * Does the server look after clients that have died, when it is asked to?
 * That is since release 14, and not on every system.
 */
static bool
can_check_client(PGconn *conn)
{
	PGresult   *result;
	bool		is_done;

	if (PQserverVersion(conn) < 140000)
		return false;
	result = PQexec(conn, "SET client_connection_check_interval = '1s'");
	is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return is_done;
}

/*
 * Start a session in the database of the connection.  Signals must be caught
 * by interruption_catch().  Returns NULL after a message.
 */
PsqlSession *
psql_session_start(const Options *options, PGconn *conn,
				   const char *application_name, Progress *progress)
{
	PsqlSession *session = pg_malloc0(sizeof(PsqlSession));

	session->options = options;
	session->progress = progress;
	session->checks_client = can_check_client(conn);
	session->handover = connection_hand_over(conn, NULL, application_name);
	if (session->handover != NULL && start_psql(session))
		return session;
	psql_session_end(session);
	return NULL;
}

/*
 * Append the commands that make psql what it was when it was fresh.  Returns
 * false if there are none.
 */
static bool
append_remedy(const PsqlSession *session, PQExpBuffer commands)
{
	const SessionLook *fresh = &session->fresh;
	const SessionLook *now = &session->now;

	return !session->is_stale && is_complete(now) &&
		now->backend.pid == fresh->backend.pid &&
		strcmp(now->role, fresh->role) == 0 &&
		psql_settings_restore_variables(commands, fresh->variables,
										now->variables) &&
		psql_settings_restore_formats(commands, fresh->formats,
									  now->formats);
}

/*
 * Put back what the last file has changed.  Returns false if that cannot be
 * done.
 */
static bool
restore_session(PsqlSession *session)
{
	PQExpBufferData commands;
	bool		result;
	int			tries;

	initPQExpBuffer(&commands);
	result = append_remedy(session, &commands);
	for (tries = 0; result && commands.len > 0; tries++)
	{
		SessionScript *script = &session->talk->script;

		session_script_add(script, commands.data);
		session_script_add_look(script);
		session_script_add_listing(script);
		psql_talk_send(session->talk);

		resetPQExpBuffer(&commands);
		result = tries < TRIES &&
			look_at_session(session, &session->now, true) &&
			append_remedy(session, &commands);
	}
	termPQExpBuffer(&commands);
	return result;
}

/*
 * Make the session one that has run nothing yet.  Returns false after a
 * message, and then nothing more can be run.
 */
bool
psql_session_freshen(PsqlSession *session)
{
	if (session->talk != NULL)
	{
		session_messages_begin(&session->talk->messages, NULL);
		if (restore_session(session))
			return true;
		end_psql(session);
	}
	return start_psql(session);
}

/*
 * Run a file in a session that was just started or made fresh.  If "has_run"
 * is set, all its statements have been run, but a transaction may be open;
 * else psql has ended.  psql_session_settle() must follow.
 */
void
psql_session_run(PsqlSession *session, PsqlRun *run)
{
	SessionScript *script = &session->talk->script;
	const char *news;
	char		value[16] = "";

	session_messages_begin(&session->talk->messages, run->path);
	session_script_add_file(script, run->path, run->is_wrapped);
	if (!run->changes_session)
	{
		session_script_add_discard(script);
		session_script_add_look(script);
		session_script_add_listing(script);
	}
	psql_talk_send(session->talk);
	if (run->changes_session)
		psql_process_end_script(session->talk->process);

	news = psql_talk_wait(session->talk, NEWS_RAN, false);
	run->has_run = news != NULL;
	if (run->has_run && sscanf(news, "%15s", value) == 1)
		run->ignores_errors = pg_strcasecmp(value, "on") != 0 &&
			strcmp(value, "1") != 0;
}

/*
 * Wait until the session is ready for another file, or psql has ended; then
 * its backend may still be there.
 */
void
psql_session_settle(PsqlSession *session, PsqlRun *run)
{
	PsqlTalk   *talk = session->talk;

	run->is_settled = look_at_session(session, &session->now, run->has_run);
	run->wait_status = talk->process->wait_status;
	run->is_left_open = run->has_run && !run->is_settled &&
		!run->changes_session &&
		talk->messages.last_place == PLACE_DISCARD &&
		WIFEXITED(run->wait_status) &&
		WEXITSTATUS(run->wait_status) == PSQL_SCRIPT_ERROR;
	session_messages_end(&talk->messages, !run->is_left_open);
	if (!run->is_settled)
		end_psql(session);
}

/* End psql, if it has not ended.  Only psql_session_freshen() starts one. */
void
psql_session_stop(PsqlSession *session)
{
	end_psql(session);
}

/* Have a new psql for the next file. */
void
psql_session_renew(PsqlSession *session)
{
	session->is_stale = true;
}

/* The backend that the last file has run in. */
const PsqlBackend *
psql_session_backend(const PsqlSession *session)
{
	return &session->fresh.backend;
}

/* End the session and free it. */
void
psql_session_end(PsqlSession *session)
{
	end_psql(session);
	if (session->handover != NULL)
		connection_handover_free(session->handover);
	free_look(&session->fresh);
	free_look(&session->now);
	pg_free(session);
}
