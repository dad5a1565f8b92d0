/*-------------------------------------------------------------------------
 *
 * deploy/job.h
 *		Running a job up to its end
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_JOB_H
#define DEPLOY_JOB_H

#include "run/file.h"

/*
 * Run a job in so many sessions of our own, like that of the connection, and
 * show how far it is with what is in progress.  A signal stops it: nothing is
 * lost by that but the batch that runs.  Returns true if the job is done;
 * else there has been a message.  Signals must be caught.
 */
extern bool deploy_job_run(const RunOptions *options, PGconn *conn,
						   const char *name, int sessions,
						   Progress *progress);

#endif							/* DEPLOY_JOB_H */
