/*-------------------------------------------------------------------------
 *
 * jobs/batch.h
 *		The rows of a batch: lock them, and run the statement on them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_BATCH_H
#define JOBS_BATCH_H

#include "access/htup.h"
#include "jobs/key.h"
#include "jobs/role.h"
#include "utils/queryenvironment.h"
#include "utils/relcache.h"

/* A batch: its job, and the rows that it has locked */
typedef struct JobBatch
{
	const Job  *job;
	const JobSettings *settings;
	MemoryContext context;		/* where first and last are, whatever fails */
	Relation	table;
	JobKey	   *key;
	HeapTuple  *rows;			/* of the columns of the key, in its order */
	uint64		count;
	bool	   *left_out;		/* is not to be worked on */
	uint64		done;			/* those that were not left out */
	bool		locks_first;	/* the rows, before the statement runs */
	bool		locks_itself;	/* the statement has locked each row */
	bool		has_missed;		/* it was to do so alone, and has not */
	HeapTuple	lowest;			/* by its key; NULL if that is not known */
	HeapTuple	highest;
	char	   *first;			/* images of keys, for an error; or NULL */
	char	   *last;
} JobBatch;

/*
 * The SQL that the rows of a batch are found with, and locked if need be: of
 * the rows of these FROM and WHERE clauses, so many in the order of the key.
 * Others may go on to read locked rows, and to refer to them, but may not
 * change or delete them.
 */
extern char *jobs_batch_query(const JobBatch *batch, const char *from,
							  const char *where, int limit);

/* Opens the table and looks up its key, as the role that we are. */
extern void jobs_batch_open(JobBatch *batch);

/* Takes the rows that SPI has just returned. */
extern void jobs_batch_take_rows(JobBatch *batch);

/* The image of the key of a row. */
extern char *jobs_batch_image(const JobBatch *batch, uint64 row);

/* The images of all rows, as the text of an array. */
extern char *jobs_batch_images(const JobBatch *batch);

/*
 * Leaves out also the rows whose key is, or is not, among those that the last
 * query of jobs_store() has returned in its first column.
 */
extern void jobs_batch_leave_out(JobBatch *batch, bool those_there);

/*
 * Makes the rows that were not left out known to SPI as "batch", and returns
 * what that is known as.
 */
extern EphemeralNamedRelation jobs_batch_register(TupleDesc row,
												  const HeapTuple *rows,
												  const bool *left_out,
												  uint64 count);

/*
 * Runs the statement of the job on the rows that were not left out, and says
 * in locks_itself whether it has locked each of them.
 */
extern void jobs_batch_execute(JobBatch *batch);

#endif							/* JOBS_BATCH_H */
