/*-------------------------------------------------------------------------
 *
 * deploy/session.h
 *		A session in which files of plain SQL are run, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_SESSION_H
#define DEPLOY_SESSION_H

#include "deploy/pipeline.h"

/*
 * Connect, for this step first, with this lock_timeout in milliseconds, unless
 * it is 0: see deploy_pipeline_open().
 */
extern SqlSession *deploy_session_open(const FileRunner *runner,
									   const PlanStep *step,
									   int lock_timeout);

/*
 * Run the file of the step that the session was opened or renewed for, whose
 * outline does not need psql.  Unless the run is done and leaves nothing open,
 * nothing but deploy_pipeline_close() may follow.
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
 * What is to be run in the place of the queries of a file.  Returns false if
 * something has failed, of which has been told.
 */
typedef bool (*SessionWork) (SqlSession *session, const PlanStep *step);

/* The same as deploy_session_run(), for other work. */
extern void deploy_session_run_work(SqlSession *session,
									const PlanStep *step, SessionWork work,
									FileRun *run);

/* Add a query of the file to the next pipeline. */
extern void deploy_session_add_query(SqlSession *session,
									 const PlanStep *step, int number);

#endif							/* DEPLOY_SESSION_H */
