/*-------------------------------------------------------------------------
 *
 * jobs/held.h
 *		What a job is held back by.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_HELD_H
#define JOBS_HELD_H

#include "jobs/job.h"
#include "jobs/settings.h"

/* Why the job is not to go on for now; NULL if it may. */
extern char *jobs_held_reason(const Job *job, const JobSettings *settings);

/*
 * The subscription that writes to the table of the job, or to the list of
 * jobs; NULL if there is none.  Jobs run where such rows come from.
 */
extern char *jobs_held_subscription(const Job *job);

#endif							/* JOBS_HELD_H */
