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

/* Disconnect, and free the session. */
extern void deploy_session_close(SqlSession *session);

#endif							/* DEPLOY_SESSION_H */
