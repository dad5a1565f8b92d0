/*-------------------------------------------------------------------------
 *
 * jobs/job.h
 *		A job, as its row in _v.job_list has it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "fmgr.h"
#include "storage/lock.h"

typedef struct Job
{
	char	   *name;
	char	   *patch_name;
	char	   *table;			/* quoted, with its schema */
	char	   *key;			/* the description of its key */
	char	   *statement;
	char	   *check;			/* NULL without one */
	char	   *role_name;
	Oid			role;			/* InvalidOid if it is not there any more */
	char	   *search_path;
	char	   *registered_settings;	/* see jobs_role_settings() */
	char	   *settings;
	char	   *state;			/* waiting, paused, failed or done */
	char	   *last_error;
	int			next_size;
	char	   *last_key;		/* images; NULL: there is none */
	char	   *cursor;
	bool		handed_out;
	bool		started;
} Job;

/*
 * The argument in_job_name, the one with this number.  Raises 22004 if it is
 * NULL, 22023 if it is empty.
 */
extern char *jobs_job_argument(FunctionCallInfo fcinfo, int number);

/* The job of this name, or NULL.  SPI must be connected. */
extern Job *jobs_job_find(const char *name);

/* The same; raises 42704 if there is none. */
extern Job *jobs_job_get(const char *name);

/*
 * May the current user run jobs and tell them to pause and the like: has
 * INSERT on _v.patches, or is a member of the role of the job, if that is not
 * NULL?
 */
extern bool jobs_job_is_allowed(const Job *job);

/* Raises 42501 if not. */
extern void jobs_job_check_privilege(const Job *job);

/* The table.  Raises what looking it up as the current user raises. */
extern Oid	jobs_job_table(const Job *job, LOCKMODE mode);

/* The name of a table as a job has it. */
extern char *jobs_job_table_name(Oid table);

/*
 * Until the end of the transaction, nobody else is in a batch of this job
 * (ExclusiveLock), or nobody cancels it (ShareLock).  Waits for that.
 */
extern void jobs_job_lock(const char *name, LOCKMODE mode);

/*
 * Until the end of the transaction, nobody notes that the key of a row has
 * changed (ExclusiveLock), or nobody forgets such notes (ShareLock).
 */
extern void jobs_job_lock_notes(const char *name, LOCKMODE mode);

/*
 * Says to all others, until jobs_job_stop_running() or an error, that this
 * session runs the job: see the view _v.jobs.
 */
extern void jobs_job_start_running(const char *name);
extern void jobs_job_stop_running(const char *name);

#endif							/* JOBS_JOB_H */
