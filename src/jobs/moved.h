/*-------------------------------------------------------------------------
 *
 * jobs/moved.h
 *		The rows whose key changes while a job runs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_MOVED_H
#define JOBS_MOVED_H

#include "jobs/batch.h"

/* Are there rows that were noted, and are neither done nor given up? */
extern bool jobs_moved_is_left(const Job *job);

/* Runs a batch of at most so many of them. */
extern void jobs_moved_work(JobBatch *batch, int size);

/* Gives up the row of a batch of one, which has failed too often. */
extern void jobs_moved_give_up(const JobBatch *batch, const char *error);

/* Forgets the notes that nobody is about to replace; waits for nobody. */
extern void jobs_moved_tidy_up(const char *job_name);

/* Forgets the notes, when those who might be noting have finished. */
extern void jobs_moved_forget(const char *job_name);

#endif							/* JOBS_MOVED_H */
