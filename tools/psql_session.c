/*-------------------------------------------------------------------------
 *
 * psql_session.c
 *		One psql that runs file after file, each as in a fresh session
 *
 * psql is sent a file, and what is to be done behind it (session_script.c),
 * at once.  While that is done, the caller may look what the file has done,
 * and send the next one ahead, so that psql never waits for us; psql does not
 * get to it unless it is through with the last one as it should be.
 *
 * What a file has left behind in psql is put back, and looked at once more: a
 * psql that cannot be brought back to how it was gives way to a new one.
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

/* The settings of psql, as it lists them; owned, and NULL if not known */
typedef struct Listings
{
	char	   *variables;
	char	   *formats;
} Listings;

struct PsqlSession
{
	const Options *options;		/* not owned */
	Progress   *progress;		/* not owned */
	ConnectionHandover *handover;
	bool		checks_client;	/* the server can look after dead clients */
	bool		is_unicode;		/* so are the client and the database */

	PsqlTalk   *talk;			/* NULL: there is no psql now */
	PsqlBackend backend;		/* of this psql */
	Listings	fresh;			/* what they were when it began */
	Listings	now;			/* and after the last file */
	bool		is_fresh;		/* they are the same */
	bool		is_stale;		/* a new psql must run the next file */
	bool		is_ahead;		/* the next file was sent already */
};

/* Free what listings hold. */
static void
free_listings(Listings *listings)
{
	pg_free(listings->variables);
	pg_free(listings->formats);
	memset(listings, 0, sizeof(*listings));
}

/* Wait for the listings.  Returns false if they do not come as they should. */
static bool
read_listings(PsqlSession *session, Listings *listings, bool news_only)
{
	free_listings(listings);
	if (psql_talk_wait(session->talk, NEWS_LISTED, news_only) == NULL)
		return false;
	psql_talk_take_listings(session->talk, &listings->variables,
							&listings->formats);
	return listings->variables != NULL && listings->formats != NULL;
}

/*
 * Wait until psql, which was just started, has looked at its session, and
 * remember what that is like.  Returns false if psql has ended.
 */
static bool
read_look(PsqlSession *session)
{
	SessionScript *script = &session->talk->script;
	const char *news = psql_talk_wait(session->talk, NEWS_READY, false);
	int			length = 0;

	if (news == NULL ||
		sscanf(news, "%31s %n", session->backend.since, &length) != 1 ||
		length == 0)
		return false;
	script->look = pg_strdup(news + length);
	session->backend.pid = atoi(script->look);
	script->has_role = strstr(script->look, " t ") != NULL;
	return true;
}

/* End psql. */
static void
end_psql(PsqlSession *session)
{
	if (session->talk != NULL)
		psql_talk_end(session->talk);
	session->talk = NULL;
	session->is_ahead = false;
}

/* Start psql for a file, and learn what it is like.  False after a message. */
static bool
start_psql(PsqlSession *session, const char *next_path)
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
	script->is_unicode = session->is_unicode;
	script->has_role = true;
	session_script_add_survey(script);
	session_script_add_renewal(script, next_path);
	psql_talk_send(session->talk);
	session->is_stale = false;
	session->is_fresh = true;
	if (read_listings(session, &session->fresh, false) && read_look(session))
		return true;
	end_psql(session);
	if (interruption_count() == 0)
		pg_log_error("psql could not be made ready to run files");
	return false;
}

/*
 * Does the server look after clients that have died, when it is asked to?
 * It does not on every system.
 */
static bool
can_check_client(PGconn *conn)
{
	PGresult   *result =
		PQexec(conn, "SET client_connection_check_interval = '1s'");
	bool		is_done;

	is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return is_done;
}

/* Is this what a parameter of the connection says? */
static bool
is_utf8(PGconn *conn, const char *parameter)
{
	const char *value = PQparameterStatus(conn, parameter);

	return value != NULL && strcmp(value, "UTF8") == 0;
}

/*
 * Start a session in the database of the connection, for this file first.
 * Signals must be caught by interruption_catch().  Returns NULL after a
 * message.
 */
PsqlSession *
psql_session_start(const Options *options, PGconn *conn,
				   const char *application_name, Progress *progress,
				   const char *next_path)
{
	PsqlSession *session = pg_malloc0(sizeof(PsqlSession));

	session->options = options;
	session->progress = progress;
	session->checks_client = can_check_client(conn);
	session->is_unicode = is_utf8(conn, "client_encoding") &&
		is_utf8(conn, "server_encoding");
	session->handover = connection_hand_over(conn, NULL, application_name);
	if (session->handover != NULL && start_psql(session, next_path))
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
	const Listings *fresh = &session->fresh;
	const Listings *now = &session->now;

	return !session->is_stale &&
		now->variables != NULL && now->formats != NULL &&
		psql_settings_restore_variables(commands, fresh->variables,
										now->variables) &&
		psql_settings_restore_formats(commands, fresh->formats,
									  now->formats);
}

/* Are the settings of psql what they were when it was fresh? */
static bool
has_fresh_settings(const PsqlSession *session)
{
	PQExpBufferData commands;
	bool		result;

	initPQExpBuffer(&commands);
	result = append_remedy(session, &commands) && commands.len == 0;
	termPQExpBuffer(&commands);
	return result;
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
		session_script_add(&session->talk->script, commands.data);
		session_script_add_listing(&session->talk->script);
		psql_talk_send(session->talk);

		resetPQExpBuffer(&commands);
		result = tries < TRIES &&
			read_listings(session, &session->now, true) &&
			append_remedy(session, &commands);
	}
	termPQExpBuffer(&commands);
	return result;
}

/*
 * Make the session one that has run nothing yet, for this file.  Returns false
 * after a message, and then nothing more can be run.
 */
bool
psql_session_freshen(PsqlSession *session, const char *next_path)
{
	if (session->talk != NULL)
	{
		if (session->is_fresh && !session->is_stale)
			return true;
		session_messages_begin(&session->talk->messages, NULL);
		session->is_fresh = restore_session(session);
		if (session->is_fresh)
			return true;
		end_psql(session);
	}
	return start_psql(session, next_path);
}

/* Have psql run a file, and then tidy up, or end if nothing else helps. */
static void
send_file(PsqlSession *session, const PsqlRun *run)
{
	SessionScript *script = &session->talk->script;

	session_script_add_file(script, run->path, run->is_wrapped);
	if (!run->changes_session && !run->has_no_command)
		session_script_add_survey(script);
	if (!run->changes_session)
		session_script_add_renewal(script, run->next_path);
	psql_talk_send(session->talk);
	if (run->changes_session)
		psql_process_end_script(session->talk->process);
}

/*
 * Run a file in a session that was just started or made fresh.  If "has_run"
 * is set, all its statements have been run, but a transaction may be open;
 * else psql has ended.  psql_session_settle() must follow.
 */
void
psql_session_run(PsqlSession *session, PsqlRun *run)
{
	const char *news;
	char		value[16] = "";

	session_messages_begin(&session->talk->messages, run->path);
	if (!session->is_ahead)
		send_file(session, run);
	session->is_ahead = false;

	news = psql_talk_wait(session->talk, NEWS_RAN, false);
	run->has_run = news != NULL;
	if (run->has_run && sscanf(news, "%15s", value) == 1)
		run->ignores_errors = pg_strcasecmp(value, "on") != 0 &&
			strcmp(value, "1") != 0;
}

/*
 * Look what a file that has run has left behind in psql.  Returns whether the
 * next file may be sent ahead: nothing that we would have to put back.
 */
bool
psql_session_look(PsqlSession *session, const PsqlRun *run)
{
	if (run->has_no_command)
		psql_talk_catch_up(session->talk);
	else
		session->is_fresh = !run->changes_session &&
			read_listings(session, &session->now, true) &&
			has_fresh_settings(session);
	return session->is_fresh;
}

/*
 * Send the next file before the session is ready for it.  psql gets to it if
 * and when psql_session_settle() says that the last one is settled, and
 * psql_session_run() must follow then.
 */
void
psql_session_send_ahead(PsqlSession *session, const PsqlRun *next)
{
	send_file(session, next);
	session->is_ahead = true;
}

/* Was a file sent ahead that psql gets to? */
bool
psql_session_is_ahead(const PsqlSession *session)
{
	return session->is_ahead;
}

/*
 * Wait until the session is ready for another file, or psql has ended; then
 * its backend may still be there.
 */
void
psql_session_settle(PsqlSession *session, PsqlRun *run)
{
	PsqlTalk   *talk = session->talk;

	run->is_settled =
		psql_talk_wait(talk, NEWS_READY, run->has_run) != NULL;
	run->wait_status = talk->process->wait_status;
	run->is_left_open = run->has_run && !run->is_settled &&
		!run->changes_session &&
		talk->messages.last_place == PLACE_DISCARD &&
		WIFEXITED(run->wait_status) &&
		WEXITSTATUS(run->wait_status) == PSQL_SCRIPT_ERROR;

	/* It ends by itself if the session has become another one. */
	if (run->has_run && !run->is_settled && run->wait_status == 0)
		run->changes_session = true;
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
	return &session->backend;
}

/* End the session and free it. */
void
psql_session_end(PsqlSession *session)
{
	end_psql(session);
	if (session->handover != NULL)
		connection_handover_free(session->handover);
	free_listings(&session->fresh);
	free_listings(&session->now);
	pg_free(session);
}
