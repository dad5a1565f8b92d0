/*-------------------------------------------------------------------------
 *
 * deploy/job.c
 *		Running a job up to its end
 *
 * It is the server that does it, in a CALL which commits batch after batch.
 * We make the sessions for that, look from another one how far the job is, and
 * cancel the CALL when we are asked to stop.  In the pause after a batch,
 * nothing is undone by that: so we wait for it, unless that takes too long or
 * we are asked again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/interruption.h"
#include "base/report.h"
#include "deploy/job.h"
#include "pqexpbuffer.h"

/* How often to look, and to write where there is no terminal, milliseconds */
#define LOOK_INTERVAL 1000
#define TELL_INTERVAL (30 * 1000)

/* How often to look for the end of a batch, and for how long, milliseconds */
#define STOP_INTERVAL 20
#define STOP_PATIENCE 2000

/* How wide the bar is */
#define BAR 20

typedef struct JobRun
{
	const RunOptions *options;
	PGconn	   *conn;			/* to look on */
	const char *name;
	Progress   *progress;
	PGconn	  **sessions;		/* NULL: it has ended */
	int			count;
	int			running;		/* how many have not ended */
	bool		has_failed;		/* there has been a message */
	bool		was_held_back;
	int64		looked;			/* when we did last */
	int64		told;			/* the same of a line */
} JobRun;

/* Show what the server has to say. */
static void
show_notice(void *arg, const char *message)
{
	JobRun	   *run = arg;

	watch_progress_messages(run->progress, message, strlen(message));
}

/* A text about a job that is being run; the caller frees it. */
static char *
describe(const Job *job)
{
	int			done = job->share < 0 ? 0 : (int) (job->share * BAR);
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, job->is_held_back ? "held back: " : "[");
	if (job->is_held_back)
		appendPQExpBuffer(&text, "%s, ", job->held_back);
	else
	{
		for (i = 0; i < BAR; i++)
			appendPQExpBufferChar(&text, i < done ? '=' : ' ');
		appendPQExpBufferStr(&text, "] ");
	}
	if (job->share >= 0)
		appendPQExpBuffer(&text, "%s, ", jobs_share(job));
	appendPQExpBuffer(&text, INT64_FORMAT " rows", job->rows);
	if (job->rate >= 0)
		appendPQExpBuffer(&text, ", %.0f/s", job->rate);
	if (job->seconds_left >= 0)
		appendPQExpBuffer(&text, ", %s", jobs_time_left(job));
	return text.data;
}

/* Show how far the job is: in a line of its own now and then only. */
static void
show(JobRun *run, const Job *job)
{
	int64		now = clock_milliseconds();
	char	   *text = describe(job);

	watch_progress_note(run->progress, text);
	if (!run->options->is_quiet &&
		(now - run->told >= TELL_INTERVAL ||
		 run->was_held_back != job->is_held_back))
	{
		char	   *how = jobs_describe(job);
		char	   *line = psprintf("job \"%s\": %s",
									report_printable(run->name), how);

		watch_progress_waiting(run->progress, line, NULL, NULL);
		pg_free(line);
		pg_free(how);
		run->told = now;
	}
	run->was_held_back = job->is_held_back;
	pg_free(text);
}

/* Look how far the job is, if it is time to. */
static void
look(JobRun *run)
{
	int64		now = clock_milliseconds();
	Jobs		jobs;
	const Job  *job;

	if (now - run->looked < LOOK_INTERVAL)
		return;
	run->looked = now;
	if (!jobs_read(run->conn, &jobs))
		return;
	job = jobs_find(&jobs, run->name);
	if (job != NULL)
		show(run, job);
	jobs_free(&jobs);
}

/* Open a session, and have it run the job.  Returns false after a message. */
static bool
start(JobRun *run)
{
	PGconn	   *session = connection_open_again(run->conn, "versioning run");

	if (session == NULL)
		return false;
	ARRAY_MAKE_ROOM(run->sessions, run->count);
	run->sessions[run->count++] = session;
	run->running++;
	PQsetNoticeProcessor(session, show_notice, run);
	PQclear(connection_query(session, "SET statement_timeout = 0"));
	PQclear(connection_query(session, "SET client_min_messages = warning"));
	if (PQsendQueryParams(session, "CALL _v.run_job($1)", 1, NULL, &run->name,
						  NULL, NULL, 0))
		return true;
	report_server_message(PQerrorMessage(session));
	return false;
}

/* Does a session pause, as far as the server says? */
static bool
is_pausing(JobRun *run, PGconn *session)
{
	char	   *query = psprintf("SELECT FROM pg_catalog.pg_stat_activity"
								 " WHERE pid = %d"
								 " AND wait_event_type = 'Extension'",
								 PQbackendPID(session));
	PGresult   *result = PQexec(run->conn, query);
	bool		is_found = PQntuples(result) > 0;

	PQclear(result);
	pg_free(query);
	return is_found;
}

/* Ask the sessions to stop that pause, or all that are left. */
static void
stop(JobRun *run)
{
	bool		is_urgent = interruption_count() > 1 ||
		interruption_age() > STOP_PATIENCE;
	int			i;

	for (i = 0; i < run->count; i++)
	{
		PGconn	   *session = run->sessions[i];

		if (session != NULL && (is_urgent || is_pausing(run, session)))
			connection_cancel(session);
	}
}

/*
 * Take what a session has to say at its end.  What the first one has said is
 * enough, and that it was cancelled is to be expected.
 */
static void
take_result(JobRun *run, PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (PQresultStatus(result) == PGRES_FATAL_ERROR && !run->has_failed &&
		!(interruption_count() > 0 && state != NULL &&
		  strcmp(state, "57014") == 0))
	{
		watch_progress_note(run->progress, NULL);
		show_notice(run, PQresultErrorMessage(result));
		run->has_failed = true;
	}
	PQclear(result);
}

/* Take in what has come from a session; if it has ended, close it. */
static void
listen_to(JobRun *run, PGconn **session)
{
	PGresult   *result;

	(void) PQconsumeInput(*session);
	while (!PQisBusy(*session))
	{
		result = PQgetResult(*session);
		if (result != NULL)
		{
			take_result(run, result);
			continue;
		}
		connection_close(*session);
		*session = NULL;
		run->running--;
		return;
	}
}

/* Wait until something comes, or it is time to look. */
static void
wait_for_something(JobRun *run)
{
	struct pollfd *polls = pg_malloc0((run->count + 1) *
									  sizeof(struct pollfd));
	int			i;

	for (i = 0; i < run->count; i++)
	{
		polls[i].fd = run->sessions[i] == NULL ? -1 :
			PQsocket(run->sessions[i]);
		polls[i].events = POLLIN;
	}
	polls[i].fd = interruption_descriptor();
	polls[i].events = POLLIN;
	(void) poll(polls, run->count + 1, interruption_count() > 0 ?
				STOP_INTERVAL : LOOK_INTERVAL);
	interruption_drain();
	for (i = 0; i < run->count; i++)
		if (polls[i].revents != 0)
			listen_to(run, &run->sessions[i]);
	pg_free(polls);
}

/* Say how a job is that is not done; NULL: it is not there. */
static void
tell_end(const JobRun *run, const Job *job)
{
	const char *name = report_printable(run->name);
	char	   *how = job == NULL ? NULL : jobs_describe(job);
	char	   *text;

	if (job == NULL)
		text = psprintf("there is no job \"%s\"", name);
	else if (interruption_count() > 0)
		text = psprintf("the job \"%s\" was stopped at %s", name,
						jobs_share(job));
	else
		text = psprintf("the job \"%s\" is not done: %s", name,
						report_printable(how));
	watch_progress_say(run->progress, text);
	pg_free(text);
	pg_free(how);
}

/* Nobody of us runs the job any more: is it done?  If not, say so. */
static bool
finish(JobRun *run)
{
	Jobs		jobs;
	const Job  *job;
	bool		result;

	watch_progress_note(run->progress, NULL);
	if (!jobs_read(run->conn, &jobs))
		return false;
	job = jobs_find(&jobs, run->name);
	result = job != NULL && job->is_done;
	if (!result && !run->has_failed)
		tell_end(run, job);
	jobs_free(&jobs);
	return result;
}

/* Is the job done already? */
static bool
is_done(const JobRun *run)
{
	Jobs		jobs;
	const Job  *job;
	bool		result;

	if (!jobs_read(run->conn, &jobs))
		return false;
	job = jobs_find(&jobs, run->name);
	result = job != NULL && job->is_done;
	jobs_free(&jobs);
	return result;
}

bool
deploy_job_run(const RunOptions *options, PGconn *conn, const char *name,
			   int sessions, Progress *progress)
{
	JobRun		run = {0};

	run.options = options;
	run.conn = conn;
	run.name = name;
	run.progress = progress;
	if (is_done(&run))
		return true;
	run.looked = run.told = clock_milliseconds();
	while (run.count < sessions && interruption_count() == 0 && start(&run))
		;
	while (run.running > 0)
	{
		wait_for_something(&run);
		if (interruption_count() > 0)
			stop(&run);
		look(&run);
	}
	pg_free(run.sessions);
	return finish(&run);
}
