/*-------------------------------------------------------------------------
 *
 * deploy/execution.h
 *		Running a file in the way that it takes
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_EXECUTION_H
#define DEPLOY_EXECUTION_H

#include "run/session.h"

/* What goes on from file to file; zeros and a runner are a beginning */
typedef struct Execution
{
	const FileRunner *runner;	/* not owned */
	SqlSession *session;		/* NULL: there is none now */
	ConnectionHandover *handover;	/* to psql, or NULL: not needed yet */
} Execution;

/*
 * Run the file of a step, whatever it takes, and look who waits for it
 * meanwhile, with this lock_timeout in milliseconds, unless it is 0.  Returns
 * true if it was run to its end and nothing is wrong with that.
 */
extern bool deploy_execution_run(Execution *execution, const PlanStep *step,
								 int lock_timeout, FileRun *run);

/*
 * The step has done what it should: note that, if it is not one transaction
 * and has no parts that were.  Returns false if that fails; the run says why.
 */
extern bool deploy_execution_note_done(const Execution *execution,
									   const PlanStep *step, FileRun *run);

/*
 * The step has done what it should: run what verifies that, unless that was
 * done before it was committed.  Returns false if that fails; the run is that
 * of what verifies it then.
 */
extern bool deploy_execution_verify(Execution *execution,
									const PlanStep *step, int lock_timeout,
									FileRun *run);

/*
 * The step has done what it should: get its session ready for the next one, or
 * end it, as without a next one.  What DISCARD ALL does not undo goes with the
 * session.
 */
extern void deploy_execution_renew(Execution *execution,
								   const PlanStep *step,
								   const PlanStep *next);

/* End the session, if there is one. */
extern void deploy_execution_end_session(Execution *execution);

/* The same, and free what it holds. */
extern void deploy_execution_close(Execution *execution);

#endif							/* DEPLOY_EXECUTION_H */
