/*-------------------------------------------------------------------------
 *
 * jobs/bounds.h
 *		Tells the planner between which keys the rows of a batch are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_BOUNDS_H
#define JOBS_BOUNDS_H

#include "jobs/key.h"
#include "utils/queryenvironment.h"
#include "utils/relcache.h"

/* A batch that a statement is to be planned for, and what was found then */
typedef struct JobBounds
{
	EphemeralNamedRelation batch;	/* what the statement calls "batch" */
	Relation	table;
	const JobKey *key;
	bool		is_known;		/* are the next two? */
	Datum		least;			/* of the first column of the key */
	Datum		greatest;
	bool		locks;			/* does it lock each row that it counts, as
								 * those of the batch, and changes no key? */
} JobBounds;

/* Sees to it that queries are looked at.  For _PG_init(). */
extern void jobs_bounds_init(void);

/*
 * Queries that read this batch are planned with these bounds from now on,
 * until this is called again: with NULL, without any.
 */
extern void jobs_bounds_set(JobBounds *bounds);

#endif							/* JOBS_BOUNDS_H */
