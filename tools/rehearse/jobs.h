/*-------------------------------------------------------------------------
 *
 * rehearse/jobs.h
 *		The jobs of a patch, run in a scratch database
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_JOBS_H
#define REHEARSE_JOBS_H

#include "deploy/file.h"

/* Does the file of a step register jobs? */
extern bool rehearse_jobs_exist(const PlanStep *step);

/* Run a part of each.  Returns false after a message. */
extern bool rehearse_jobs_begin(PGconn *conn, const PlanStep *step);

/*
 * Run all of them up to their ends, and show the label meanwhile.  Returns
 * false after a message.
 */
extern bool rehearse_jobs_run(const DeployOptions *options, PGconn *conn,
							  const PlanStep *step, const char *label);

#endif							/* REHEARSE_JOBS_H */
