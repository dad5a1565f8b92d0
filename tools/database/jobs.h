/*-------------------------------------------------------------------------
 *
 * database/jobs.h
 *		The rows of _v.jobs
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_JOBS_H
#define DATABASE_JOBS_H

#include "libpq-fe.h"

/* A query for them, where there is _v.jobs. */
extern const char jobs_query[];

typedef struct Job
{
	const char *name;			/* all texts live in the result */
	const char *patch;
	const char *table;
	const char *role;
	const char *state;
	bool		is_done;
	bool		is_waiting;		/* nobody runs it, and nothing hinders that */
	bool		is_held_back;
	int64		rows;			/* done so far */
	int64		batches;		/* the same */
	int			given_up;		/* batches */
	double		share;			/* of the table, 0 to 1; -1: not known */
	double		rate;			/* rows a second; -1: not known */
	int64		seconds_left;	/* -1: not known */
	const char *error;			/* the last one; empty: none, or not for us */
	const char *held_back;		/* why it is, or empty */
	const char *runners;		/* process numbers, commas between */
	const char *registered_at;	/* timestamptz in ISO format, or empty */
	const char *started_at;
	const char *finished_at;
} Job;

/* A zeroed one is empty. */
typedef struct Jobs
{
	PGresult   *result;
	Job		   *jobs;			/* in the order of their registrations */
	int			count;
} Jobs;

/*
 * Fill in the list from the result of that query, which it takes over.  Free
 * it with jobs_free.
 */
extern void jobs_take(Jobs *list, PGresult *result);

/*
 * Read the list.  Returns false after a message, also if the extension, or
 * there is none, knows nothing of jobs.
 */
extern bool jobs_read(PGconn *conn, Jobs *list);

/* The job of that name, or NULL. */
extern const Job *jobs_find(const Jobs *list, const char *name);

/*
 * How far a job is, as one says after its name: "43 %, about 12 min left".
 * The caller frees the text.
 */
extern char *jobs_describe(const Job *job);

/*
 * How much of its table a job has done: "43 %", or "12000 rows" if that is not
 * known.  The text is overwritten by the next call.
 */
extern const char *jobs_share(const Job *job);

/* How long it may take yet: "about 12 min left".  Likewise; or "". */
extern const char *jobs_time_left(const Job *job);

/* Free what the list holds. */
extern void jobs_free(Jobs *list);

#endif							/* DATABASE_JOBS_H */
