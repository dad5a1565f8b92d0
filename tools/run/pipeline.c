/*-------------------------------------------------------------------------
 *
 * run/pipeline.c
 *		What is sent to the server for a file, and what comes back
 *
 * As a round trip for each query would take longer than most queries, they are
 * sent in pipelines.  In a pipeline, the server leaves out what comes after an
 * error, up to the next Sync.
 *
 * Messages are to tell the line that they are about, so it must be known which
 * query a warning belongs to.  libpq hands on a warning that follows a result
 * before we have seen the result.  As a rule something else stands between:
 * the server says that it has parsed the next query.  Only what the parser
 * itself warns of comes before that.  Where it may, whoever adds the query
 * puts an empty one between.  (Then the warning is shown without the line that
 * it is about.)
 *
 * While the server is at work we look at whatever else there is to look at,
 * and when we are asked to stop, its work is cancelled.
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
#include "fe_utils/print.h"
#include "psql/query.h"
#include "run/pipeline.h"

/* How long a statement that was cancelled may go on, in milliseconds */
#define GRACE 1500

/* What comes before a file */
static const SqlItem before_file = {.text = "", .doing = FILE_RUN_BEFORE};

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

	watch_progress_messages(session->runner->progress, text, strlen(text));
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
	watch_progress_output(session->runner->progress, text, length);
	free(text);
}

/*
 * Cancel what the server runs for us.  That needs a connection, which a server
 * that has fallen silent may never answer: so a process of its own does it.
 */
static void
cancel(SqlSession *session)
{
	fflush(NULL);
	session->canceller = fork();
	if (session->canceller == 0)
	{
		connection_cancel(session->conn);
		_exit(0);
	}
	if (session->canceller < 0)
		session->canceller = 0;
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
	int			timeout = interruption_count() > 0 ? 50 :
		run_waiting_timeout(&session->waiting);
	int			events;

	events = interruption_poll(PQsocket(session->conn),
							   is_unsent ? POLLIN | POLLOUT : POLLIN,
							   timeout);
	run_waiting_look(&session->waiting, session->backend.pid);
	if (events != 0)
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
	session->error_line = session->item->line;
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
			if (session->item->check != NULL)
				return session->item->check(session, result);
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

/* Send a query. */
static void
send_query(SqlSession *session, const char *query)
{
	if (PQsendQueryParams(session->conn, query, 0, NULL, NULL, NULL, NULL,
						  0) != 1)
		session->is_lost = true;
}

/*
 * Send all items, and a Sync.  What the server does not take yet is
 * sent while we wait for results.
 */
static void
send_items(SqlSession *session)
{
	int			i;

	for (i = 0; i < session->count; i++)
	{
		const SqlItem *item = &session->items[i];

		resetPQExpBuffer(&session->query);
		psql_query_append(&session->query, item->text, item->length);
		send_query(session, session->query.data);
	}
	if (PQpipelineSync(session->conn) != 1)
		session->is_lost = true;
}

/* The last item that is no note of ours. */
static const SqlItem *
last_of_file(const SqlSession *session)
{
	const SqlItem *item = &session->items[session->count - 1];

	return item > session->items && item->doing != NULL &&
		strcmp(item->doing, FILE_RUN_NOTE) == 0 ? item - 1 : item;
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

void
run_pipeline_add(SqlSession *session, const char *text, size_t length,
				 int line, const char *doing)
{
	SqlItem    *item;

	if (session->count == session->space)
	{
		session->space = Max(16, 2 * session->space);
		session->items = pg_realloc(session->items,
									session->space * sizeof(SqlItem));
	}
	item = &session->items[session->count++];
	item->text = text;
	item->length = length;
	item->line = line;
	item->doing = doing;
	item->check = NULL;
}

void
run_pipeline_add_text(SqlSession *session, const char *text,
					  const char *doing, int line)
{
	run_pipeline_add(session, text, strlen(text),
					 doing == NULL ? line : 0, doing);
}

void
run_pipeline_check(SqlSession *session, SqlCheck check)
{
	session->items[session->count - 1].check = check;
}

bool
run_pipeline_run(SqlSession *session)
{
	bool		is_good = interruption_count() == 0;
	int			i;

	if (session->count == 0)
		return true;
	session->item = session->items;
	if (is_good)
		send_items(session);
	for (i = 0; is_good && i < session->count; i++)
	{
		session->item = &session->items[i];
		is_good = read_results(session, false);
	}

	/* The transaction of the last one is committed only here. */
	if (is_good)
	{
		session->item = last_of_file(session);
		is_good = read_results(session, true);
	}
	session->count = 0;
	return is_good;
}

void
run_pipeline_send_ahead(SqlSession *session, const char *query)
{
	send_query(session, query);
	if (PQpipelineSync(session->conn) != 1)
		session->is_lost = true;
	session->ahead++;
}

bool
run_pipeline_read_ahead(SqlSession *session)
{
	bool		is_good = true;

	session->item = &before_file;
	for (; is_good && session->ahead > 0; session->ahead--)
		is_good = read_results(session, true);
	return is_good;
}

FileRunEnd
run_pipeline_failure(SqlSession *session)
{
	if (session->is_ending)
		await_end(session);
	if (!session->is_lost && PQstatus(session->conn) == CONNECTION_OK)
		return FILE_RUN_FAILED;
	show_message(session, "error: connection to server was lost\n");
	return FILE_RUN_LOST;
}

PGresult *
run_pipeline_ask(SqlSession *session, const char *query, int line)
{
	PGresult   *answer;
	bool		is_good;

	session->keeps_answer = true;
	run_pipeline_add_text(session, query, NULL, line);
	is_good = run_pipeline_run(session);
	session->keeps_answer = false;
	answer = session->answer;
	session->answer = NULL;
	if (is_good)
		return answer;
	PQclear(answer);
	return NULL;
}

void
run_pipeline_complain(SqlSession *session, int line,
						const char *format,...)
{
	const SqlItem *current = session->item;
	SqlItem		item = {.text = "", .line = line, .doing = current->doing};
	va_list		args;
	char	   *text;
	char	   *message;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	message = psprintf("error: %s", text);
	session->item = &item;
	show_message(session, message);
	note_error(session, text);
	session->item = current;
	pg_free(message);
	pg_free(text);
}

SqlSession *
run_pipeline_open(const FileRunner *runner)
{
	SqlSession *session = pg_malloc0(sizeof(SqlSession));

	session->runner = session->waiting.runner = runner;
	session->item = &before_file;
	initPQExpBuffer(&session->query);
	initPQExpBuffer(&session->marks);
	session->conn = connection_open_for_patches(runner->conn,
												runner->application_name);
	session->backend.pid = PQbackendPID(session->conn);
	if (PQstatus(session->conn) == CONNECTION_OK &&
		PQsetnonblocking(session->conn, 1) == 0 &&
		PQenterPipelineMode(session->conn) == 1)
	{
		PQsetNoticeProcessor(session->conn, show_notice, session);
		return session;
	}
	connection_report_failure(session->conn);
	run_pipeline_close(session);
	return NULL;
}

void
run_pipeline_close(SqlSession *session)
{
	if (session->canceller > 0)
	{
		(void) kill(session->canceller, SIGKILL);
		(void) waitpid(session->canceller, NULL, 0);
	}
	PQfinish(session->conn);
	termPQExpBuffer(&session->query);
	termPQExpBuffer(&session->marks);
	pg_free(session->items);
	pg_free(session->message);
	pg_free(session->error);
	pg_free(session->settings);
	pg_free(session->constraints);
	pg_free(session);
}
