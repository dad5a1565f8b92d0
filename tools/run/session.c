/*-------------------------------------------------------------------------
 *
 * run/session.c
 *		A session in which files of plain SQL are run, one after the other
 *
 * Each query is sent as psql sends it, and with ON_ERROR_STOP: nothing that
 * stands after an error is run.  In a pipeline, queries outside a transaction
 * block share a transaction, which in psql they do not.  So a transaction
 * block is a pipeline, and each query outside one, and the next pipeline is
 * sent when all went well in the last one.
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

#include "run/session.h"
#include "run/verify.h"

/* The transaction of a file does not end with a COMMIT */
#define NO_COMMIT (-1)

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
		run_pipeline_add(session, setting, strlen(setting), query->line,
						 FILE_RUN_BEFORE);
}

/* Add a query of the file. */
static void
add_query(SqlSession *session, const FileBytes *bytes,
		  const OutlineQuery *query)
{
	add_setting(session, query, session->put_aside);
	if (query->may_warn && session->count > 0)
		run_pipeline_add_text(session, "", NULL, query->line);
	run_pipeline_add(session, bytes->text + query->start, query->length,
					 query->line, NULL);
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

/*
 * The number of the COMMIT with which the transaction of a file ends, if all
 * that it does is in one; that of ours comes after all its queries.  Returns
 * NO_COMMIT if there is none.
 */
static int
find_commit(const ScriptOutline *outline)
{
	bool		is_open = outline->is_wrapped;
	bool		has_work = false;
	int			i;

	if (!script_outline_is_whole(outline))
		return NO_COMMIT;
	for (i = 0; i < outline->query_count; i++)
	{
		const OutlineQuery *query = &outline->queries[i];

		has_work |= is_open && query->kind == STATEMENT_WORK;
		if (is_open && has_work && query->kind == STATEMENT_COMMIT)
			return i;
		is_open = is_open_after(query, is_open);
	}
	return is_open && outline->is_wrapped ? i : NO_COMMIT;
}

bool
run_session_verifies(const PlanStep *step)
{
	return find_commit(step->outline) != NO_COMMIT;
}

/* Run all queries of a file.  Returns false if not all have succeeded. */
static bool
run_queries(SqlSession *session, const PlanStep *step)
{
	const ScriptOutline *outline = step->outline;
	bool		is_open = outline->is_wrapped;
	int			commit = find_commit(outline);
	int			i;

	if (is_open)
		run_pipeline_add_text(session, "BEGIN", FILE_RUN_BEGIN, 0);
	for (i = 0; i < outline->query_count; i++)
	{
		if (i == commit && !run_verify_inside(session, step))
			return false;
		add_query(session, &step->file->bytes, &outline->queries[i]);
		is_open = is_open_after(&outline->queries[i], is_open);
		if (!is_open && !run_pipeline_run(session))
			return false;
	}
	if (i == commit && !run_verify_inside(session, step))
		return false;
	if (outline->is_wrapped && !outline->ends_wrapping)
		run_pipeline_add_text(session, "COMMIT", FILE_RUN_COMMIT, 0);
	return run_pipeline_run(session);
}

/* Send the marks of a file. */
static void
send_marks(SqlSession *session, const PlanStep *step, int lock_timeout)
{
	resetPQExpBuffer(&session->marks);
	run_file_append_marks(&session->marks, session->runner, step,
						  lock_timeout);
	make_settings(session, lock_timeout);
	session->lock_timeout = lock_timeout;
	run_pipeline_send_ahead(session, session->marks.data);
	(void) PQflush(session->conn);
}

/* Is a transaction open?  All results have been read, up to their end. */
static bool
has_transaction(SqlSession *session)
{
	PQclear(PQgetResult(session->conn));
	return PQtransactionStatus(session->conn) != PQTRANS_IDLE;
}

void
run_session_run_work(SqlSession *session, const PlanStep *step,
					 SessionWork work, FileRun *run)
{
	memset(run, 0, sizeof(*run));
	run_file_copy_path(session->path, step);
	run_waiting_begin(&session->waiting, session->runner);
	if (!run_pipeline_read_ahead(session) || !work(session, step))
	{
		run->end = run_pipeline_failure(session);
		run->error = session->error;
		run->error_line = session->error_line;
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
	run_waiting_end(&session->waiting, run);
}

void
run_session_run(SqlSession *session, const PlanStep *step, FileRun *run)
{
	run_session_run_work(session, step, run_queries, run);
}

void
run_session_add_query(SqlSession *session, const PlanStep *step,
					  int number)
{
	add_query(session, &step->file->bytes, &step->outline->queries[number]);
}

void
run_session_renew(SqlSession *session, const PlanStep *step,
				  int lock_timeout)
{
	run_pipeline_send_ahead(session, "DISCARD ALL");
	run_pipeline_send_ahead(session, "RESET ROLE");
	send_marks(session, step, lock_timeout);
}

SqlSession *
run_session_open(const FileRunner *runner, const PlanStep *step,
				 int lock_timeout)
{
	SqlSession *session = run_pipeline_open(runner);

	if (session != NULL)
		send_marks(session, step, lock_timeout);
	return session;
}
