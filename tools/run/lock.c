/*-------------------------------------------------------------------------
 *
 * run/lock.c
 *		One deployer at a time
 *
 * The lock is an advisory lock of a session that does nothing else, so that
 * it goes with the session however that ends.  We do not wait in the server
 * for it: a statement that waits has a snapshot, CREATE INDEX CONCURRENTLY in
 * a patch waits until no older snapshot is left, and nobody detects that the
 * one waits for the other.  We ask again and again, and hold nothing between.
 *
 * When a deployer is killed, the lock is free at once, while the session that
 * runs its files may still be at work.  So each of these has a second lock,
 * shared, and who has got the first one waits until nobody has the second.
 *
 * Nor is a patch applied, whoever does it, as long as a session is in it that
 * has registered it outside a transaction block: so that is waited for, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>

#include "base/clock.h"
#include "base/fe_compat.h"
#include "database/connection.h"
#include "database/holder.h"
#include "database/in_progress.h"
#include "pqexpbuffer.h"
#include "run/lock.h"

/* How long to wait before asking again, in milliseconds */
#define SHORTEST_PAUSE 100
#define LONGEST_PAUSE 500

/* Beside the locks, this is waited for: that nobody is in a patch. */
#define NOBODY_IN_PATCH 0

struct RunLock
{
	PGconn	   *conn;			/* the session that has the lock */
};

/* Does it make sense to ask for this lock, and is the answer yes? */
typedef enum Answer
{
	ANSWER_YES,
	ANSWER_NO,
	ANSWER_TROUBLE				/* the server does not answer */
} Answer;

/* Ask a question whose answer is a boolean. */
static Answer
ask(PGconn *conn, const char *query)
{
	bool		answer;

	if (!connection_ask(conn, query, NULL, &answer))
		return ANSWER_TROUBLE;
	return answer ? ANSWER_YES : ANSWER_NO;
}

/* Is nobody in a patch outside a transaction block? */
static Answer
ask_sessions(PGconn *conn)
{
	InProgress	progress;
	Answer		answer;

	if (!in_progress_read(conn, &progress))
		return ANSWER_TROUBLE;
	answer = progress.count == 0 ? ANSWER_YES : ANSWER_NO;
	in_progress_free(&progress);
	return answer;
}

/*
 * Try to get a lock.  That of sessions is only tried, and given back at once:
 * then nobody has it.
 */
static Answer
try_lock(PGconn *conn, int lock)
{
	char		query[256];

	if (lock == NOBODY_IN_PATCH)
		return ask_sessions(conn);
	if (lock == RUN_LOCK)
		snprintf(query, sizeof(query),
				 "SELECT pg_catalog.pg_try_advisory_lock(%d, %d)",
				 RUN_LOCK_CLASS, lock);
	else
		snprintf(query, sizeof(query),
				 "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock(%d, %d) "
				 "THEN pg_catalog.pg_advisory_unlock(%d, %d) ELSE false END",
				 RUN_LOCK_CLASS, lock, RUN_LOCK_CLASS, lock);
	return ask(conn, query);
}

/* Append who is in a patch, the first of them, if anybody is. */
static void
append_session(PQExpBuffer text, PGconn *conn)
{
	InProgress	progress;
	char	   *session;

	if (in_progress_read(conn, &progress) && progress.count > 0)
	{
		session = in_progress_explain(&progress.sessions[0]);
		appendPQExpBufferStr(text, session);
		pg_free(session);
	}
	in_progress_free(&progress);
}

/* Ask who has a lock.  The caller clears the result. */
static PGresult *
ask_holder(PGconn *conn, int lock)
{
	char		query[2048];

	snprintf(query, sizeof(query),
			 HOLDER_QUERY("SELECT pid, virtualtransaction "
						  "FROM pg_catalog.pg_locks "
						  "WHERE locktype = 'advisory' AND granted "
						  "AND classid = %d AND objid = %d AND objsubid = 2 "
						  "AND database = (SELECT d.oid "
						  "FROM pg_catalog.pg_database d "
						  "WHERE d.datname = pg_catalog.current_database()) "
						  "AND pid IS DISTINCT FROM "
						  "pg_catalog.pg_backend_pid() LIMIT 1"),
			 RUN_LOCK_CLASS, lock);
	return PQexec(conn, query);
}

/* Is there a row in a result? */
static bool
has_row(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
}

/*
 * Append who has a lock, as far as we may know it.  Nothing is appended if
 * nobody has it any more.
 */
static void
append_holder(PQExpBuffer text, PGconn *conn, int lock)
{
	PGresult   *result;

	if (lock == NOBODY_IN_PATCH)
	{
		append_session(text, conn);
		return;
	}
	result = ask_holder(conn, lock);
	if (has_row(result))
		holder_append(text, result, 0);
	PQclear(result);
}

/* Append what a deployer, or the session of one, does at this moment. */
static void
append_doing(PQExpBuffer text, PGconn *conn, int lock)
{
	PGresult   *result;

	if (lock == NOBODY_IN_PATCH)
		return;
	result = ask_holder(conn, RUN_LOCK_SESSION);
	if (has_row(result))
		holder_append_doing(text, result, 0);
	PQclear(result);
}

/* What a lock keeps us waiting for. */
static const char *
lock_purpose(int lock)
{
	if (lock == NOBODY_IN_PATCH)
		return "a session that is in a patch";
	return lock == RUN_LOCK ? "another deployer" :
		"the session of a deployer that has ended";
}

/* Say whom we wait for, if that is somebody new. */
static void
tell_holder(PGconn *conn, int lock, PQExpBuffer told)
{
	PQExpBufferData holder;

	initPQExpBuffer(&holder);
	append_holder(&holder, conn, lock);
	if (holder.len > 0 && strcmp(holder.data, told->data) != 0)
	{
		resetPQExpBuffer(told);
		appendPQExpBufferStr(told, holder.data);
		append_doing(&holder, conn, lock);
		pg_log_info("waiting for %s: %s", lock_purpose(lock), holder.data);
	}
	termPQExpBuffer(&holder);
}

/* Say that we have waited long enough. */
static void
give_up(PGconn *conn, int lock, int seconds)
{
	PQExpBufferData holder;

	initPQExpBuffer(&holder);
	append_holder(&holder, conn, lock);
	append_doing(&holder, conn, lock);
	if (seconds > 0)
		pg_log_error("%s was still at work after %d s%s%s",
					 lock_purpose(lock), seconds,
					 holder.len > 0 ? ": " : "", holder.data);
	else
		pg_log_error("%s is at work%s%s", lock_purpose(lock),
					 holder.len > 0 ? ": " : "", holder.data);
	fe_compat_log_hint("--wait SECONDS says how long to wait.");
	termPQExpBuffer(&holder);
}

/* Get a lock, or wait until nobody has it, up to a time. */
static Status
wait_for_lock(PGconn *conn, int lock, int64 until, int seconds)
{
	PQExpBufferData told;
	int			pause = SHORTEST_PAUSE;
	Answer		answer;

	initPQExpBuffer(&told);
	while ((answer = try_lock(conn, lock)) == ANSWER_NO &&
		   clock_milliseconds() < until)
	{
		tell_holder(conn, lock, &told);
		pg_usleep(pause * 1000L);
		pause = Min(pause * 3 / 2, LONGEST_PAUSE);
	}
	termPQExpBuffer(&told);
	if (answer == ANSWER_NO)
		give_up(conn, lock, seconds);
	return answer == ANSWER_YES ? STATUS_DONE :
		answer == ANSWER_NO ? STATUS_LOCKED : STATUS_TROUBLE;
}

/*
 * Can a session of this server hold the lock for us, and can patches be
 * applied there?  Returns false after a message.
 */
static bool
check_server(PGconn *conn)
{
	Answer		answer;

	if (!connection_is_direct(conn, "the lock that keeps deployers apart "
							  "belongs to a session"))
		return false;
	answer = ask(conn, "SELECT pg_catalog.pg_is_in_recovery()");
	if (answer == ANSWER_YES)
		pg_log_error("the server is a standby: patches are applied on the "
					 "primary");
	return answer == ANSWER_NO;
}

/* Wait until nobody is in a patch, if the extension can tell. */
static Status
wait_for_sessions(PGconn *conn, int64 until, int seconds)
{
	switch (ask(conn, "SELECT " IN_PROGRESS_IS_KNOWN))
	{
		case ANSWER_YES:
			return wait_for_lock(conn, NOBODY_IN_PATCH, until, seconds);
		case ANSWER_NO:
			return STATUS_DONE;
		case ANSWER_TROUBLE:
			break;
	}
	return STATUS_TROUBLE;
}

Status
run_lock_acquire(int wait, PGconn *conn, DeployAction action,
				 RunLock **lock)
{
	int64		until = clock_milliseconds() + (int64) wait * 1000;
	PGconn	   *own;
	Status		status = STATUS_TROUBLE;

	own = connection_open_again(conn, action == DEPLOY_APPLY ?
								"versioning apply" : "versioning rollback");
	if (own == NULL)
	{
		fe_compat_log_detail("This was the second connection, which keeps "
							 "other deployers away.");
		return STATUS_TROUBLE;
	}
	if (check_server(own))
	{
		status = wait_for_lock(own, RUN_LOCK, until, wait);
		if (status == STATUS_DONE)
			status = wait_for_lock(own, RUN_LOCK_SESSION, until,
								   wait);
		if (status == STATUS_DONE)
			status = wait_for_sessions(own, until, wait);
	}
	if (status != STATUS_DONE)
	{
		connection_close(own);
		return status;
	}
	*lock = pg_malloc(sizeof(RunLock));
	(*lock)->conn = own;
	return STATUS_DONE;
}

/* Has something come that can be read? */
static bool
has_input(PGconn *conn)
{
	struct pollfd descriptor = {PQsocket(conn), POLLIN, 0};

	return poll(&descriptor, 1, 0) > 0;
}

/* What the server says before it ends the session comes before its end. */
bool
run_lock_is_held(RunLock *lock)
{
	while (has_input(lock->conn) && PQconsumeInput(lock->conn) != 0)
		;
	return PQstatus(lock->conn) == CONNECTION_OK;
}

void
run_lock_release(RunLock *lock)
{
	connection_close(lock->conn);
	pg_free(lock);
}
