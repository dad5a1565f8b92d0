/*-------------------------------------------------------------------------
 *
 * run/session.h
 *		A session in which files of plain SQL are run, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "run/pipeline.h"

/*
 * Connect, for this step first, with this lock_timeout in milliseconds, unless
 * it is 0: see run_pipeline_open().
 */
extern SqlSession *run_session_open(const FileRunner *runner,
									const PlanStep *step,
									int lock_timeout);

/*
 * Run the file of the step that the session was opened or renewed for, whose
 * outline does not need psql.  Unless the run is done and leaves nothing open,
 * nothing but run_pipeline_close() may follow.
 */
extern void run_session_run(SqlSession *session, const PlanStep *step,
							FileRun *run);

/*
 * Make the session one that has run nothing yet, for this step, likewise.  The
 * server does so while we do something else.
 */
extern void run_session_renew(SqlSession *session, const PlanStep *step,
							  int lock_timeout);

/*
 * What is to be run in the place of the queries of a file.  Returns false if
 * something has failed, of which has been told.
 */
typedef bool (*SessionWork) (SqlSession *session, const PlanStep *step);

/* The same as run_session_run(), for other work. */
extern void run_session_run_work(SqlSession *session,
								 const PlanStep *step, SessionWork work,
								 FileRun *run);

/*
 * Does running the file of a step so include running what verifies it, before
 * its transaction is committed?  Else that is for the caller to do.
 */
extern bool run_session_verifies(const PlanStep *step);

/* Add a query of the file to the next pipeline. */
extern void run_session_add_query(SqlSession *session,
								  const PlanStep *step, int number);

#endif							/* RUN_SESSION_H */
