/*-------------------------------------------------------------------------
 *
 * deploy/session.c
 *		A session in which files of plain SQL are run, one after the other
 *
 * Each query is sent as psql sends it, and with ON_ERROR_STOP: nothing that
 * stands after an error is run.  As a round trip for each would take longer
 * than most queries, they are sent in pipelines.  In a pipeline, the server
 * leaves out what comes after an error, up to the next Sync.  But without a
 * Sync, queries outside a transaction block share a transaction, which in psql
 * they do not.  So a transaction block is a pipeline, and each query outside
 * one, and the next pipeline is sent when all went well in the last one.
 *
 * Messages are to tell the line that they are about, so it must be known which
 * query a warning belongs to.  libpq hands on a warning that follows a result
 * before we have seen the result.  As a rule something else stands between:
 * the server says that it has parsed the next query.  Only what the parser
 * itself warns of comes before that.  Where it may, an empty query is put
 * between.  (Then the warning is shown without the line that it is about.)
 *
 * A statement that is in nobody's way while it waits for a lock is not to give
 * up.  So our lock_timeout is put aside for it, unless the file has set its
 * own.
 *
 * Between files comes DISCARD ALL.  A file that leaves a transaction open, or
 * fails, is the last one of its session.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interruption.h"
#include "base/problem.h"
#include "database/connection.h"
#include "deploy/query.h"
#include "deploy/session.h"
#include "deploy/waiting.h"
#include "fe_utils/print.h"

/* How long a statement that was cancelled may go on, in milliseconds */
#define GRACE 1500

/* Something that is sent to the server, and whose result comes back */
typedef struct SqlItem
{
	const char *text;
	size_t		length;
	int			line;			/* of the file, or 0 */
	const char *doing;			/* if it is not of the file: what it is */
} SqlItem;

/* A pipeline, up to its Sync */
typedef struct SqlPipeline
{
	SqlItem    *items;
	int			count;
	int			space;
} SqlPipeline;

struct SqlSession
{
	PGconn	   *conn;
	const FileRunner *runner;	/* not owned */
	Backend		backend;

	char		path[MAXPGPATH];	/* of the file, as messages have it */
	const SqlItem *item;		/* whose results are read */
	SqlPipeline pipeline;
	PQExpBufferData query;		/* that is sent */
	Waiting		waiting;		/* of the file */
	char		put_aside[256]; /* the queries around one that is patient, */
	char		put_back[256];	/* or empty */
	int			renewal;		/* Syncs to come before the next file */
	char	   *message;		/* that a lock was lacking, or NULL */
	char		sqlstate[6];	/* of the error, or empty */
	bool		is_ending;		/* the server has said so */
	bool		is_lost;
	bool		keeps_answer;	/* the next result is wanted, as */
	PGresult   *answer;			/* this one */
	char	   *error;			/* its text, or that of ours, or NULL */
	bool		is_of_note;		/* which is that of a note */
	pid_t		canceller;		/* the process that cancels, or 0 */
};

/* What comes before a file */
static const SqlItem before_file = {"", 0, 0, FILE_RUN_BEFORE};

/* A message of the server about what is run, as psql has it. */
static char *
make_message(const SqlSession *session, const char *message)
{
	const SqlItem *item = session->item;
	size_t		length = strlen(message);
	const char *end = length > 0 && message[length - 1] == '\n' ? "" : "\n";

	return item->line > 0 ?
		psprintf("psql:%s:%d: %s%s", session->path, item->line, message,
				 end) :
		psprintf("psql:%s: %s: %s%s", session->path, item->doing, message,
				 end);
}

/* Show such a message. */
static void
show_message(SqlSession *session, const char *message)
{
	char	   *text = make_message(session, message);

	deploy_progress_messages(session->runner->progress, text, strlen(text));
	pg_free(text);
}

/* A notice or warning has come. */
static void
show_notice(void *arg, const char *message)
{
	show_message((SqlSession *) arg, message);
}

/* Print a result as psql does. */
static void
print_result(SqlSession *session, const PGresult *result)
{
	printQueryOpt options;
	char	   *text;
	size_t		length;
	FILE	   *stream;

	if (!session->runner->options->is_verbose)
		return;
	memset(&options, 0, sizeof(options));
	options.topt.format = PRINT_ALIGNED;
	options.topt.border = 1;
	options.topt.start_table = true;
	options.topt.stop_table = true;
	options.topt.default_footer = true;
	options.topt.encoding = PQclientEncoding(session->conn);
	stream = open_memstream(&text, &length);
	if (stream == NULL)
		return;
	printQuery(result, &options, stream, false, NULL);
	fclose(stream);
	deploy_progress_output(session->runner->progress, text, length);
	free(text);
}

/*
 * Cancel what the server runs for us.  That needs a connection, which a server
 * that has fallen silent may never answer: so a process of its own does it.
 */
static void
cancel(SqlSession *session)
{
	PGcancel   *request = PQgetCancel(session->conn);
	char		message[256];

	if (request == NULL)
		return;
	fflush(NULL);
	session->canceller = fork();
	if (session->canceller == 0)
	{
		(void) PQcancel(request, message, sizeof(message));
		_exit(0);
	}
	if (session->canceller < 0)
		session->canceller = 0;
	PQfreeCancel(request);
}

/* If we are asked to stop, cancel.  Returns false if that does not help. */
static bool
stop_if_asked(SqlSession *session)
{
	if (interruption_count() == 0)
		return true;
	if (session->canceller == 0)
		cancel(session);
	return interruption_count() == 1 && interruption_age() < GRACE;
}

/* Wait for a moment, or until something happens. */
static void
wait_for_server(SqlSession *session, bool is_unsent)
{
	struct pollfd descriptors[] = {
		{interruption_descriptor(), POLLIN, 0},
		{PQsocket(session->conn), POLLIN, 0}
	};
	Progress   *progress = session->runner->progress;
	int			timeout;

	timeout = deploy_waiting_timeout(&session->waiting,
									 deploy_progress_timeout(progress));
	timeout = deploy_onlookers_timeout(session->runner->onlookers, timeout);
	if (is_unsent)
		descriptors[1].events |= POLLOUT;
	if (interruption_count() > 0)
		timeout = 50;
	(void) poll(descriptors, lengthof(descriptors), timeout);
	if (descriptors[0].revents != 0)
		interruption_drain();
	deploy_progress_tick(progress);
	deploy_waiting_look(&session->waiting, session->backend.pid);
	deploy_onlookers_look(session->runner->onlookers, session->backend.pid);
	if (descriptors[1].revents != 0)
		session->is_lost |= !PQconsumeInput(session->conn);
}

/*
 * Wait until a result can be had, which may be that the connection is lost.
 * Returns false if we are asked to stop, and should not wait any longer.
 */
static bool
wait_for_result(SqlSession *session)
{
	while (!session->is_lost)
	{
		int			unsent = PQflush(session->conn);

		if (!PQisBusy(session->conn))
			return true;
		if (!stop_if_asked(session))
			return false;
		wait_for_server(session, unsent == 1);
	}
	return true;
}

/* Does the session end with this error? */
static bool
ends_session(const PGresult *result)
{
	const char *severity = PQresultErrorField(result,
											  PG_DIAG_SEVERITY_NONLOCALIZED);

	return severity == NULL || strcmp(severity, "ERROR") != 0;
}

/* Is it said that a lock was not to be had, or only in a deadlock? */
static bool
lacks_lock(const SqlSession *session)
{
	return strcmp(session->sqlstate, "55P03") == 0 ||
		strcmp(session->sqlstate, "40P01") == 0;
}

/* Keep the text of an error. */
static void
note_error(SqlSession *session, const char *text)
{
	pg_free(session->error);
	session->error = text == NULL ? NULL : pg_strdup(text);
}

/*
 * Take note of an error, which is shown, unless it is one that may be gone
 * when the file is tried again.
 */
static void
take_error(SqlSession *session, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	strlcpy(session->sqlstate, sqlstate == NULL ? "" : sqlstate,
			sizeof(session->sqlstate));
	note_error(session, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	session->is_of_note = session->item->doing != NULL &&
		strcmp(session->item->doing, FILE_RUN_NOTE) == 0;
	session->is_ending |= ends_session(result);
	if (lacks_lock(session) && session->message == NULL)
		session->message = make_message(session,
										PQresultErrorMessage(result));
	else
		show_message(session, PQresultErrorMessage(result));
}

/* Note in which backend the file is run. */
static void
note_backend(SqlSession *session, const PGresult *result)
{
	strlcpy(session->backend.since, PQgetvalue(result, 0, 0),
			sizeof(session->backend.since));
	session->backend.pid = atoi(PQgetvalue(result, 0, 1));
}

/*
 * Take note of a result.  Returns false if it is an error, which is shown, or
 * there is nothing more to come.
 */
static bool
take_result(SqlSession *session, const PGresult *result)
{
	switch (PQresultStatus(result))
	{
		case PGRES_TUPLES_OK:
			if (session->item == &before_file)
				note_backend(session, result);
			else if (session->item->doing == NULL && !session->keeps_answer)
				print_result(session, result);
			return true;
		case PGRES_COMMAND_OK:
		case PGRES_EMPTY_QUERY:
		case PGRES_PIPELINE_SYNC:
			return true;
		case PGRES_FATAL_ERROR:
			take_error(session, result);
			return false;
		default:
			return false;
	}
}

/*
 * Read the results of an item, or those of a Sync: they are over with a NULL,
 * or the mark of the Sync.  Returns false if there was an error, or there is
 * nothing more to come.
 */
static bool
read_results(SqlSession *session, bool is_sync)
{
	bool		is_good = true;

	for (;;)
	{
		PGresult   *result;
		bool		is_mark;

		if (!wait_for_result(session))
			return false;
		result = PQgetResult(session->conn);
		if (result == NULL)
		{
			session->is_lost |= PQstatus(session->conn) != CONNECTION_OK;
			if (!is_sync || session->is_lost)
				return is_good && !session->is_lost;
			continue;
		}
		is_mark = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		is_good &= take_result(session, result);
		if (session->keeps_answer && !is_mark && session->answer == NULL)
			session->answer = result;
		else
			PQclear(result);
		if (is_sync && (is_mark || !is_good))
			return is_good;
	}
}

/* Add an item to the pipeline. */
static void
add_item(SqlSession *session, const char *text, size_t length, int line,
		 const char *doing)
{
	SqlPipeline *pipeline = &session->pipeline;
	SqlItem    *item;

	if (pipeline->count == pipeline->space)
	{
		pipeline->space = Max(16, 2 * pipeline->space);
		pipeline->items = pg_realloc(pipeline->items,
									 pipeline->space * sizeof(SqlItem));
	}
	item = &pipeline->items[pipeline->count++];
	item->text = text;
	item->length = length;
	item->line = line;
	item->doing = doing;
}

/* Send a query. */
static void
send_query(SqlSession *session, const char *query)
{
	if (PQsendQueryParams(session->conn, query, 0, NULL, NULL, NULL, NULL,
						  0) != 1)
		session->is_lost = true;
}

/*
 * Send all of the pipeline, and a Sync.  What the server does not take yet is
 * sent while we wait for results.
 */
static void
send_pipeline(SqlSession *session)
{
	const SqlPipeline *pipeline = &session->pipeline;
	int			i;

	for (i = 0; i < pipeline->count; i++)
	{
		const SqlItem *item = &pipeline->items[i];

		resetPQExpBuffer(&session->query);
		deploy_query_append(&session->query, item->text, item->length);
		send_query(session, session->query.data);
	}
	if (PQpipelineSync(session->conn) != 1)
		session->is_lost = true;
}

/* The last item of the pipeline that is no note of ours. */
static const SqlItem *
last_of_file(const SqlPipeline *pipeline)
{
	const SqlItem *item = &pipeline->items[pipeline->count - 1];

	return item > pipeline->items && item->doing != NULL &&
		strcmp(item->doing, FILE_RUN_NOTE) == 0 ? item - 1 : item;
}

/*
 * Run what is in the pipeline, and empty it.  Returns false if not all of it
 * has succeeded; then an error was shown, or we are asked to stop.
 */
static bool
run_pipeline(SqlSession *session)
{
	SqlPipeline *pipeline = &session->pipeline;
	bool		is_good = interruption_count() == 0;
	int			i;

	if (is_good)
		send_pipeline(session);
	for (i = 0; is_good && i < pipeline->count; i++)
	{
		session->item = &pipeline->items[i];
		is_good = read_results(session, false);
	}

	/* The transaction of the last one is committed only here. */
	if (is_good)
	{
		session->item = last_of_file(pipeline);
		is_good = read_results(session, true);
	}
	pipeline->count = 0;
	return is_good;
}

/* Make the query that sets lock_timeout if it has a value. */
static void
make_setting(char *query, size_t size, int value, int before)
{
	snprintf(query, size, "SELECT pg_catalog.set_config('lock_timeout', '%d', "
			 "true) WHERE pg_catalog.current_setting('lock_timeout')"
			 "::pg_catalog.interval OPERATOR(pg_catalog.=) "
			 "'%d ms'::pg_catalog.interval", value, before);
}

/*
 * Make the queries around a statement that is patient.  The value between them
 * is one that nobody sets, so that it is known to be ours.
 */
static void
make_settings(SqlSession *session, int lock_timeout)
{
	session->put_aside[0] = session->put_back[0] = '\0';
	if (lock_timeout == 0)
		return;
	make_setting(session->put_aside, sizeof(session->put_aside),
				 PG_INT32_MAX, lock_timeout);
	make_setting(session->put_back, sizeof(session->put_back),
				 lock_timeout, PG_INT32_MAX);
}

/* Add one of these. */
static void
add_setting(SqlSession *session, const OutlineQuery *query,
			const char *setting)
{
	if (query->is_patient && setting[0] != '\0')
		add_item(session, setting, strlen(setting), query->line,
				 FILE_RUN_BEFORE);
}

/* Add a query of the file. */
static void
add_query(SqlSession *session, const FileBytes *bytes,
		  const OutlineQuery *query)
{
	add_setting(session, query, session->put_aside);
	if (query->may_warn && session->pipeline.count > 0)
		add_item(session, "", 0, query->line, NULL);
	add_item(session, bytes->text + query->start, query->length, query->line,
			 NULL);
	add_setting(session, query, session->put_back);
}

/* Is a transaction block open after a query, given whether one was before? */
static bool
is_open_after(const OutlineQuery *query, bool is_open)
{
	switch (query->kind)
	{
		case STATEMENT_BEGIN:
			return true;
		case STATEMENT_COMMIT:
		case STATEMENT_ROLLBACK:
		case STATEMENT_PREPARE:
			return query->chains;
		default:
			return is_open;
	}
}

/* Run all queries of a file.  Returns false if not all have succeeded. */
static bool
run_queries(SqlSession *session, const PlanStep *step)
{
	const ScriptOutline *outline = step->outline;
	static const char begin[] = "BEGIN";
	static const char commit[] = "COMMIT";
	bool		is_open = outline->is_wrapped;
	int			i;

	if (is_open)
		add_item(session, begin, strlen(begin), 0, FILE_RUN_BEGIN);
	for (i = 0; i < outline->query_count; i++)
	{
		add_query(session, &step->file->bytes, &outline->queries[i]);
		is_open = is_open_after(&outline->queries[i], is_open);
		if (!is_open && !run_pipeline(session))
			return false;
	}
	if (outline->is_wrapped && !outline->ends_wrapping)
		add_item(session, commit, strlen(commit), 0, FILE_RUN_COMMIT);
	return session->pipeline.count == 0 || run_pipeline(session);
}

/* Send a Sync, whose results are read before the next file is run. */
static void
send_sync(SqlSession *session)
{
	if (PQpipelineSync(session->conn) != 1)
		session->is_lost = true;
	session->renewal++;
}

/* Send the marks of a file. */
static void
send_marks(SqlSession *session, const PlanStep *step, int lock_timeout)
{
	resetPQExpBuffer(&session->query);
	deploy_file_append_marks(&session->query, session->runner, step,
							 lock_timeout);
	make_settings(session, lock_timeout);
	send_query(session, session->query.data);
	send_sync(session);
	(void) PQflush(session->conn);
}

/* Read the results of what came before a file. */
static bool
finish_renewal(SqlSession *session)
{
	bool		is_good = true;

	session->item = &before_file;
	for (; is_good && session->renewal > 0; session->renewal--)
		is_good = read_results(session, true);
	return is_good;
}

/*
 * The server has said that the session ends: wait until it does, for a moment,
 * and say what libpq says of that, after what the server has said.
 */
static void
await_end(SqlSession *session)
{
	const char *message = PQerrorMessage(session->conn);
	char	   *said = pg_strdup(message);
	size_t		length = strlen(said);

	while (!session->is_lost && interruption_count() == 0)
		wait_for_server(session, false);
	message = PQerrorMessage(session->conn);
	if (strncmp(message, said, length) == 0)
		message += length;
	if (*message != '\0')
		show_message(session, message);
	pg_free(said);
}

/*
 * What has come of a file that did not succeed: psql says so, too, when the
 * connection is lost.
 */
static FileRunEnd
find_failure(SqlSession *session)
{
	if (session->is_ending)
		await_end(session);
	if (!session->is_lost && PQstatus(session->conn) == CONNECTION_OK)
		return FILE_RUN_FAILED;
	show_message(session, "error: connection to server was lost\n");
	return FILE_RUN_LOST;
}

/* Is a transaction open?  All results have been read, up to their end. */
static bool
has_transaction(SqlSession *session)
{
	PQclear(PQgetResult(session->conn));
	return PQtransactionStatus(session->conn) != PQTRANS_IDLE;
}

void
deploy_session_run_work(SqlSession *session, const PlanStep *step,
						SessionWork work, FileRun *run)
{
	memset(run, 0, sizeof(*run));
	deploy_file_copy_path(session->path, step);
	deploy_waiting_begin(&session->waiting, session->runner);
	if (!finish_renewal(session) || !work(session, step))
	{
		run->end = find_failure(session);
		run->error = session->error;
		run->is_of_note = session->is_of_note;
		session->error = NULL;
	}
	else
		run->is_left_open = has_transaction(session);
	run->backend = session->backend;
	run->lacked_lock = session->message != NULL;
	run->message = session->message;
	session->message = NULL;
	strlcpy(run->sqlstate, session->sqlstate, sizeof(run->sqlstate));
	deploy_waiting_end(&session->waiting, run);
}

void
deploy_session_run(SqlSession *session, const PlanStep *step, FileRun *run)
{
	deploy_session_run_work(session, step, run_queries, run);
}

void
deploy_session_add_query(SqlSession *session, const PlanStep *step,
						 int number)
{
	add_query(session, &step->file->bytes, &step->outline->queries[number]);
}

void
deploy_session_add_text(SqlSession *session, const char *text,
						const char *doing, int line)
{
	add_item(session, text, strlen(text), doing == NULL ? line : 0, doing);
}

bool
deploy_session_send(SqlSession *session)
{
	return session->pipeline.count == 0 || run_pipeline(session);
}

PGresult *
deploy_session_ask(SqlSession *session, const char *query, int line)
{
	PGresult   *answer;
	bool		is_good;

	session->keeps_answer = true;
	deploy_session_add_text(session, query, NULL, line);
	is_good = run_pipeline(session);
	session->keeps_answer = false;
	answer = session->answer;
	session->answer = NULL;
	if (is_good)
		return answer;
	PQclear(answer);
	return NULL;
}

void
deploy_session_complain(SqlSession *session, int line,
						const char *format,...)
{
	SqlItem		item = {"", 0, line, NULL};
	va_list		args;
	char	   *text;
	char	   *message;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	message = psprintf("error: %s", text);
	session->item = &item;
	show_message(session, message);
	session->item = &before_file;
	note_error(session, text);
	pg_free(message);
	pg_free(text);
}

void
deploy_session_say(SqlSession *session, const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	deploy_progress_say(session->runner->progress, text);
	pg_free(text);
}

PGconn *
deploy_session_connection(SqlSession *session)
{
	return session->conn;
}

void
deploy_session_renew(SqlSession *session, const PlanStep *step,
					 int lock_timeout)
{
	send_query(session, "DISCARD ALL");
	send_sync(session);
	send_query(session, "RESET ROLE");
	send_marks(session, step, lock_timeout);
}

SqlSession *
deploy_session_open(const FileRunner *runner, const PlanStep *step,
					int lock_timeout)
{
	SqlSession *session = pg_malloc0(sizeof(SqlSession));

	session->runner = runner;
	session->item = &before_file;
	initPQExpBuffer(&session->query);
	session->conn = connection_open_for_patches(runner->conn,
												runner->application_name);
	session->backend.pid = PQbackendPID(session->conn);
	if (PQstatus(session->conn) == CONNECTION_OK &&
		PQsetnonblocking(session->conn, 1) == 0 &&
		PQenterPipelineMode(session->conn) == 1)
	{
		PQsetNoticeProcessor(session->conn, show_notice, session);
		send_marks(session, step, lock_timeout);
		return session;
	}
	connection_report_failure(session->conn);
	deploy_session_close(session);
	return NULL;
}

void
deploy_session_close(SqlSession *session)
{
	if (session->canceller > 0)
	{
		(void) kill(session->canceller, SIGKILL);
		(void) waitpid(session->canceller, NULL, 0);
	}
	PQfinish(session->conn);
	termPQExpBuffer(&session->query);
	pg_free(session->pipeline.items);
	pg_free(session->message);
	pg_free(session->error);
	pg_free(session);
}
