/*-------------------------------------------------------------------------
 *
 * jobs/trigger.h
 *		The triggers by which a job hears of the rows whose key changes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_TRIGGER_H
#define JOBS_TRIGGER_H

#include "jobs/job.h"
#include "jobs/key.h"

/*
 * Makes them, as the current user.  The table, of which this is the key, is
 * not open.
 */
extern void jobs_trigger_create(Oid table, const JobKey *key,
								const char *job_name);

/* Drops those that are there; no privilege is needed. */
extern void jobs_trigger_drop(const Job *job);

#endif							/* JOBS_TRIGGER_H */
