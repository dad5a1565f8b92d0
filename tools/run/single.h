/*-------------------------------------------------------------------------
 *
 * run/single.h
 *		Running several files in a single transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_SINGLE_H
#define RUN_SINGLE_H

#include "run/session.h"

/*
 * Run all members of a step, for which the session was opened, as
 * run_session_run() runs a file.  The run says in which member it has ended.
 */
extern void run_single_run(SqlSession *session, const PlanStep *step,
						   FileRun *run);

#endif							/* RUN_SINGLE_H */
