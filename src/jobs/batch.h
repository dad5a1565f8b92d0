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
	char	   *first;			/* images of keys, for an error; or NULL */
	char	   *last;
} JobBatch;

/*
 * The SQL that a batch is locked with: of the rows of these FROM and WHERE
 * clauses, so many in the order of the key.  Others may go on to read them,
 * and to refer to them, but not change or delete them.
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
 * Leaves out the rows whose key is, or is not, among those that the last query
 * of jobs_store() has returned in its first column.
 */
extern void jobs_batch_leave_out(JobBatch *batch, bool those_there);

/*
 * Makes the rows that were not left out known to SPI as "batch", with this
 * name.
 */
extern void jobs_batch_register(TupleDesc row, const HeapTuple *rows,
								const bool *left_out, uint64 count);

/* Runs the statement of the job on the rows that were not left out. */
extern void jobs_batch_execute(JobBatch *batch);

#endif							/* JOBS_BATCH_H */
