/*-------------------------------------------------------------------------
 *
 * run/verify.h
 *		Has a patch done what it should?
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_VERIFY_H
#define RUN_VERIFY_H

#include "run/pipeline.h"

/*
 * Run what verifies a step inside the transaction of its file, which has been
 * run and is not committed yet; what was added to the pipeline is run before.
 * Nothing is changed by it once the next pipeline is run.  Returns false if
 * something has failed.
 */
extern bool run_verify_inside(SqlSession *session, const PlanStep *step);

/* The same in transactions of its own, for run_session_run_work(). */
extern bool run_verify_alone(SqlSession *session, const PlanStep *step);

#endif							/* RUN_VERIFY_H */
