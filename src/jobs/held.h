/*-------------------------------------------------------------------------
 *
 * jobs/held.h
 *		What a job is held back by.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_HELD_H
#define JOBS_HELD_H

#include "datatype/timestamp.h"
#include "jobs/job.h"
#include "jobs/settings.h"

/* A position in the WAL that standbys had not replayed yet, or zeroes */
typedef struct JobMark
{
	char		lsn[20];	/* what pg_lsn prints */
	TimestampTz written_at;
} JobMark;

/*
 * Why the job is not to go on for now; NULL if it may.  The mark is what this
 * has left there when it was called last.
 */
extern char *jobs_held_reason(const Job *job, const JobSettings *settings,
							  JobMark *mark);

/*
 * The subscription that writes to the table of the job, or to the list of
 * jobs; NULL if there is none.  Jobs run where such rows come from.
 */
extern char *jobs_held_subscription(const Job *job);

#endif							/* JOBS_HELD_H */
