/*-------------------------------------------------------------------------
 *
 * psql_session.c
 *		One psql that runs file after file, each as in a fresh session
 *
 * psql is sent a file, and what is to be done behind it (session_script.c),
 * at once.  Then we wait for the news that it is through with it, or for its
 * end: it ends at the first error.  In between, what it prints is passed on.
 *
 * What a file has left behind in psql is put back just before the next file,
 * and looked at once more: a psql that cannot be brought back to how it was,
 * or whose settings on the server have a new default, gives way to a new one.
 *
 * If a signal asks us to stop, psql is interrupted as by Ctrl-C, which cancels
 * the statement that runs.  That may come at a bad moment, between two
 * statements or while psql waits for a program, so it is done again and again;
 * if nothing helps, or at the user's second signal, psql is ended by force.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "common/logging.h"
#include "interruption.h"
#include "psql_process.h"
#include "psql_session.h"
#include "psql_settings.h"
#include "session_messages.h"
#include "session_script.h"

/* In milliseconds since we were asked to stop: when to do what about it */
#define INTERRUPT_EVERY 1000
#define TERMINATE_AFTER 5000
#define KILL_AFTER 8000

/* How long psql may take to end by itself, when there is no more to run */
#define END_WITHIN 5000

/* How much may lie in the pipes when psql has ended, in chunks */
#define LAST_CHUNKS 32

/* What a session is like on the server */
typedef struct SessionLook
{
	PsqlBackend backend;
	int			registered;
	char	   *rest;			/* differs if the session would */
} SessionLook;

struct PsqlSession
{
	PGconn	   *conn;			/* for quoting; not owned */
	const Options *options;		/* not owned */
	Progress   *progress;		/* not owned */
	ConnectionHandover *handover;
	bool		checks_client;	/* the server can look after dead clients */

	PsqlProcess *process;		/* NULL: there is none now */
	char		token[33];		/* nobody else knows it */
	SessionScript script;
	SessionMessages messages;

	SessionLook fresh;			/* what it was like when it began */
	char	   *fresh_variables;
	char	   *fresh_formats;
	SessionLook now;			/* what it was like after the last file */
	char	   *now_variables;
	char	   *now_formats;
	bool		is_stale;		/* a new psql must run the next file */

	int			stop_steps;		/* what has been done about a signal */
	int64		stop_since;
};

/* Milliseconds of a clock that nobody sets. */
static int64
clock_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Make a token.  Returns false after a message. */
static bool
make_token(char *token)
{
	unsigned char bytes[16];
	int			fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	size_t		i;

	if (fd < 0 || read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
	{
		pg_log_error("could not read \"%s\": %m", "/dev/urandom");
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	return true;
}

/* Set a string that may be there already to a copy, which may be NULL. */
static void
set_string(char **string, const char *value)
{
	pg_free(*string);
	*string = value != NULL ? pg_strdup(value) : NULL;
}

/*
 * How much of the text is not ours: what comes before the token or what may
 * be the beginning of it.
 */
static size_t
length_before_token(const char *token, const char *text)
{
	const char *p = strstr(text, token);
	size_t		length = strlen(text);
	size_t		part = Min(length, strlen(token) - 1);

	if (p != NULL)
		return p - text;
	while (part > 0 && strncmp(text + length - part, token, part) != 0)
		part--;
	return length - part;
}

/* Pass on what psql has printed, and keep what is meant for us. */
static void
pass_output(PsqlSession *session)
{
	PQExpBuffer text = &session->process->output_text;
	PQExpBuffer errors = &session->process->errors_text;
	size_t		i;
	size_t		length;

	session_messages_pass(&session->messages, errors->data, errors->len);
	resetPQExpBuffer(errors);

	/* A zero byte would end the text before its time. */
	if (text->len == 0)
		return;
	for (i = 0; i < text->len; i++)
		if (text->data[i] == '\0')
			text->data[i] = ' ';
	length = length_before_token(session->token, text->data);
	progress_output(session->progress, text->data, length);
	text->len -= length;
	memmove(text->data, text->data + length, text->len + 1);
}

/* If we are asked to stop, do what is due about it. */
static void
stop_if_asked(PsqlSession *session)
{
	int64		since;

	if (interruption_count() == 0 || session->process->pid == 0)
		return;
	if (session->stop_since == 0)
		session->stop_since = clock_milliseconds();
	since = clock_milliseconds() - session->stop_since;

	if (since >= KILL_AFTER || interruption_count() > 2)
		psql_process_signal(session->process, SIGKILL);
	else if (since >= TERMINATE_AFTER || interruption_count() > 1)
		psql_process_signal(session->process, SIGTERM);
	else if (since >= session->stop_steps * INTERRUPT_EVERY)
	{
		session->stop_steps++;
		psql_process_signal(session->process, SIGINT);
	}
}

/* Wait for a moment, or until something happens. */
static void
wait_for_psql(PsqlSession *session)
{
	int			timeout = progress_timeout(session->progress);

	if (interruption_count() > 0)
		timeout = 100;
	psql_process_wait(session->process, timeout);
	pass_output(session);
	progress_tick(session->progress);
	stop_if_asked(session);
}

/* Read what has been written by now. */
static void
drain_psql(PsqlSession *session)
{
	int			chunks = LAST_CHUNKS;

	while (chunks-- > 0 && psql_process_wait(session->process, 0))
		pass_output(session);
}

/* The rest of some news that have come, or NULL. */
static const char *
find_news(const PsqlSession *session, const char *word)
{
	const char *p = session->process->news_text.data;
	size_t		token = strlen(session->token);
	size_t		length = strlen(word);

	while ((p = strstr(p, session->token)) != NULL)
	{
		p += token;
		if (*p == ' ' && strncmp(p + 1, word, length) == 0 &&
			strchr(p, '\n') != NULL)
			return p + 1 + length;
	}
	return NULL;
}

/*
 * Wait for some news, or for the end of psql, after which all that it has
 * written has been read.  Returns the rest of the news, or NULL.
 */
static const char *
wait_for_news(PsqlSession *session, const char *word)
{
	const char *result;

	while ((result = find_news(session, word)) == NULL &&
		   session->process->pid != 0)
		wait_for_psql(session);
	if (session->process->pid == 0)
	{
		drain_psql(session);
		result = find_news(session, word);
	}
	return result;
}

/* Send what the script has. */
static void
send_script(PsqlSession *session)
{
	resetPQExpBuffer(&session->process->news_text);
	psql_process_send(session->process, session->script.text.data);
	resetPQExpBuffer(&session->script.text);
}

/* Read the news about the session.  Returns false if there are none. */
static bool
read_look(const char *news, SessionLook *look)
{
	int			length = 0;
	char	   *rest;

	if (news == NULL ||
		sscanf(news, "%d %d %31s %n", &look->backend.pid, &look->registered,
			   look->backend.since, &length) < 3 || length == 0)
		return false;
	rest = pg_strdup(news + length);
	rest[strcspn(rest, "\n")] = '\0';
	pg_free(look->rest);
	look->rest = rest;
	return true;
}

/* Cut a part of the listing out, up to the line before the next token. */
static char *
cut_listing(const PsqlSession *session, const char *word)
{
	PQExpBufferData heading;
	char	   *start;
	char	   *end;

	initPQExpBuffer(&heading);
	appendPQExpBuffer(&heading, "%s %s\n", session->token, word);
	start = strstr(session->process->output_text.data, heading.data);
	if (start != NULL)
		start += heading.len;
	termPQExpBuffer(&heading);
	end = start != NULL ? strstr(start, session->token) : NULL;
	return end != NULL ? pnstrdup(start, end - start) : NULL;
}

/*
 * The news are that psql is ready: take the listings out of its output.  They
 * remain NULL if they are not there, as they were.
 */
static void
read_listing(PsqlSession *session)
{
	PQExpBuffer text = &session->process->output_text;
	const char *end;

	drain_psql(session);
	pg_free(session->now_variables);
	pg_free(session->now_formats);
	session->now_variables = cut_listing(session, LISTING_VARIABLES);
	session->now_formats = cut_listing(session, LISTING_FORMATS);

	/* What may follow somebody else has printed. */
	end = text->data;
	while (strstr(end, session->token) != NULL)
		end = strstr(end, session->token) + strlen(session->token);
	if (end != text->data)
		end += strcspn(end, "\n");
	if (*end == '\n')
		end++;
	text->len -= end - text->data;
	memmove(text->data, end, text->len + 1);
}

/* Have psql tell what the session is like now.  Returns false if it ends. */
static bool
look_at_session(PsqlSession *session)
{
	if (wait_for_news(session, NEWS_READY) == NULL ||
		!read_look(find_news(session, NEWS_LOOKED), &session->now))
		return false;
	read_listing(session);
	session->is_stale |= session->now_variables == NULL ||
		session->now_formats == NULL;
	return true;
}

/* End psql, by force if it does not end by itself, and free it. */
static void
end_psql(PsqlSession *session)
{
	int64		start = clock_milliseconds();

	if (session->process == NULL)
		return;
	psql_process_end_script(session->process);
	while (session->process->pid != 0 &&
		   clock_milliseconds() - start < END_WITHIN)
	{
		psql_process_wait(session->process, 100);
		pass_output(session);
		stop_if_asked(session);
	}
	session_messages_end(&session->messages, true);
	session_messages_free(&session->messages);
	session_script_free(&session->script);
	psql_process_free(session->process);
	session->process = NULL;
}

/* Start psql, and learn what it is like.  Returns false after a message. */
static bool
start_psql(PsqlSession *session)
{
	session->process = NULL;
	if (!make_token(session->token))
		return false;
	session->process = psql_process_start(session->options->argv0,
										  session->handover,
										  &session->options->variables);
	if (session->process == NULL)
		return false;
	session_script_init(&session->script, session->token,
						session->process->news_path);
	session_messages_init(&session->messages, session->progress,
						  &session->script, session->process->script_path);
	session->is_stale = false;

	session_script_add_discard(&session->script);
	session_script_add_look(&session->script, session->conn,
							session->checks_client, NULL, 0);
	session_script_add_listing(&session->script);
	send_script(session);
	if (!look_at_session(session) || session->is_stale)
	{
		end_psql(session);
		if (interruption_count() == 0)
			pg_log_error("psql could not be made ready to run patches");
		return false;
	}
	session->fresh.backend = session->now.backend;
	set_string(&session->fresh.rest, session->now.rest);
	set_string(&session->fresh_variables, session->now_variables);
	set_string(&session->fresh_formats, session->now_formats);
	session->script.has_role =
		strcmp(strrchr(session->now.rest, ' ') + 1, "none") != 0;
	return true;
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
	result = PQexec(conn, "SELECT pg_catalog.set_config("
					"'client_connection_check_interval', '1s', false)");
	is_done = PQresultStatus(result) == PGRES_TUPLES_OK;
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

	session->conn = conn;
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
 * Put back what the last file has changed, by commands and a new look at
 * the session.  Returns false if that cannot be done.
 */
static bool
restore_session(PsqlSession *session)
{
	PQExpBufferData commands;
	bool		result;
	int			tries = 2;

	initPQExpBuffer(&commands);
	for (;;)
	{
		resetPQExpBuffer(&commands);
		result = !session->is_stale && session->process->pid != 0 &&
			session->now.backend.pid == session->fresh.backend.pid &&
			strcmp(session->now.rest, session->fresh.rest) == 0 &&
			psql_settings_restore_variables(&commands,
											session->fresh_variables,
											session->now_variables) &&
			psql_settings_restore_formats(&commands, session->fresh_formats,
										  session->now_formats);
		if (!result || commands.len == 0)
			break;
		if (tries-- == 0)
		{
			result = false;
			break;
		}
		session_script_add(&session->script, commands.data);
		session_script_add_look(&session->script, session->conn,
								session->checks_client, NULL, 0);
		session_script_add_listing(&session->script);
		send_script(session);
		if (!look_at_session(session))
			session->is_stale = true;
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
	if (session->process != NULL)
	{
		session_messages_begin(&session->messages, NULL);
		if (restore_session(session))
			return true;
		end_psql(session);
	}
	return start_psql(session);
}

/*
 * Run a file in a session that was just made fresh or started.  If it fails,
 * psql has ended, but its backend may still be there.
 */
void
psql_session_run(PsqlSession *session, PsqlRun *run)
{
	const char *news;
	char		value[16] = "";

	session_messages_begin(&session->messages, run->path);
	session_script_add_file(&session->script, run->path, run->is_wrapped);
	if (!run->changes_session)
	{
		session_script_add_discard(&session->script);
		session_script_add_look(&session->script, session->conn,
								session->checks_client, run->names,
								run->name_count);
		session_script_add_listing(&session->script);
	}
	send_script(session);
	if (run->changes_session)
		psql_process_end_script(session->process);

	run->is_looked_up = look_at_session(session);
	run->registered = session->now.registered;
	news = find_news(session, NEWS_RAN);
	run->has_run = news != NULL;
	if (run->has_run && sscanf(news, "%15s", value) == 1)
		run->ignores_errors = pg_strcasecmp(value, "on") != 0 &&
			strcmp(value, "1") != 0;
	run->wait_status = session->process->wait_status;
	run->is_left_open = run->has_run && !run->is_looked_up &&
		!run->changes_session &&
		session->messages.last_place == PLACE_DISCARD &&
		WIFEXITED(run->wait_status) && WEXITSTATUS(run->wait_status) == 3;
	session_messages_end(&session->messages, !run->is_left_open);
	if (!run->is_looked_up)
		end_psql(session);
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
	pg_free(session->fresh.rest);
	pg_free(session->fresh_variables);
	pg_free(session->fresh_formats);
	pg_free(session->now.rest);
	pg_free(session->now_variables);
	pg_free(session->now_formats);
	pg_free(session);
}
