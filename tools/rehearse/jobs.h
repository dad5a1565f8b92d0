/*-------------------------------------------------------------------------
 *
 * rehearse/jobs.h
 *		The jobs of a patch, run in a scratch database
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_JOBS_H
#define REHEARSE_JOBS_H

#include "run/file.h"

/* Does the file of a step register jobs, or wait for some? */
extern bool rehearse_jobs_exist(const PlanStep *step, JobAction action);

/* Run a part of each.  Returns false after a message. */
extern bool rehearse_jobs_begin(PGconn *conn, const PlanStep *step);

/*
 * Run all of them up to their ends, and show the label meanwhile.  What waits
 * for a job takes away the job's trigger, which no rollback brings back: that
 * is done here, too.  Returns false after a message.
 */
extern bool rehearse_jobs_run(const RunOptions *options, PGconn *conn,
							  const PlanStep *step, JobAction action,
							  const char *label);

#endif							/* REHEARSE_JOBS_H */
