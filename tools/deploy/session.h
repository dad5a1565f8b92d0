/*-------------------------------------------------------------------------
 *
 * deploy/session.h
 *		A session in which files of plain SQL are run, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_SESSION_H
#define DEPLOY_SESSION_H

#include "deploy/file.h"

typedef struct SqlSession SqlSession;

/*
 * Connect, for this step first, with this lock_timeout in milliseconds, unless
 * it is 0.  Signals must be caught by interruption_catch().  Returns NULL
 * after a message.
 */
extern SqlSession *deploy_session_open(const FileRunner *runner,
									   const PlanStep *step,
									   int lock_timeout);

/*
 * Run the file of the step that the session was opened or renewed for, whose
 * outline does not need psql.  Unless the run is done and leaves nothing open,
 * nothing but deploy_session_close() may follow.
 */
extern void deploy_session_run(SqlSession *session, const PlanStep *step,
							   FileRun *run);

/*
 * Make the session one that has run nothing yet, for this step, likewise.  The
 * server does so while we do something else.
 */
extern void deploy_session_renew(SqlSession *session, const PlanStep *step,
								 int lock_timeout);

/*
 * What is to be run in the place of the queries of a file, with the functions
 * below.  Returns false if something has failed, of which has been told.
 */
typedef bool (*SessionWork) (SqlSession *session, const PlanStep *step);

/* The same as deploy_session_run(), for other work. */
extern void deploy_session_run_work(SqlSession *session,
									const PlanStep *step, SessionWork work,
									FileRun *run);

/* Add a query of the file to what is sent next. */
extern void deploy_session_add_query(SqlSession *session,
									 const PlanStep *step, int number);

/*
 * Add a query of ours, which must stay until it is sent, and whose result is
 * not shown.  Its messages say what it is, or are about that line.
 */
extern void deploy_session_add_text(SqlSession *session, const char *text,
									const char *doing, int line);

/*
 * Send what was added, as one pipeline, and wait for the results.  Returns
 * false if not all has succeeded.
 */
extern bool deploy_session_send(SqlSession *session);

/*
 * Ask the server, with a query of ours that has nothing before it.  Returns
 * NULL after a message that is about that line; else the caller clears the
 * result.
 */
extern PGresult *deploy_session_ask(SqlSession *session, const char *query,
									int line);

/* Say that something is wrong at a line of the file. */
extern void deploy_session_complain(SqlSession *session, int line,
									const char *format,...)
			pg_attribute_printf(3, 4);

/* Tell people what is done beside the file. */
extern void deploy_session_say(SqlSession *session, const char *format,...)
			pg_attribute_printf(2, 3);

/* Its connection, to quote what is sent by it. */
extern PGconn *deploy_session_connection(SqlSession *session);

/* Disconnect, and free the session. */
extern void deploy_session_close(SqlSession *session);

#endif							/* DEPLOY_SESSION_H */
