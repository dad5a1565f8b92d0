/*-------------------------------------------------------------------------
 *
 * jobs/step.h
 *		What a runner of a job does next, in one transaction.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_STEP_H
#define JOBS_STEP_H

#include "datatype/timestamp.h"
#include "jobs/held.h"
#include "portability/instr_time.h"

/* What has come of a step */
typedef enum JobStep
{
	JOB_STEP_WORKED,			/* a batch was done */
	JOB_STEP_AGAIN,				/* something was prepared: go on at once */
	JOB_STEP_FAILED,			/* a batch was rolled back: go on in a while */
	JOB_STEP_BUSY,				/* others do what is left: look again */
	JOB_STEP_HELD,				/* it is held back: look again in a while */
	JOB_STEP_OVER				/* there is nothing to do */
} JobStep;

/* A session that runs a job */
typedef struct JobRunner
{
	const char *name;
	bool		is_nested;		/* another procedure has called us */
	double		pause;			/* ms, after the batch */
	int			size;			/* of the next batch; 0: as the job says */
	int			failures;		/* steps in a row that have failed */
	bool		locks_itself;	/* as the statement did in the last batch */
	bool		locks_first;	/* for it has failed to, or a deadlock */
	bool		was_held;
	TimestampTz looked_at;		/* whether it is held back */
	JobMark		mark;			/* see there */
	TimestampTz counted_until;	/* the time of the runner */
	char		state[NAMEDATALEN]; /* of the job when the runner ends; empty
									 * if there is no job */
} JobRunner;

/* Runs it.  The caller commits, and begins another transaction. */
extern JobStep jobs_step_run(JobRunner *runner);

#endif							/* JOBS_STEP_H */
