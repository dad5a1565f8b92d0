/*-------------------------------------------------------------------------
 *
 * jobs/batch.c
 *		The rows of a batch: lock them, and run the statement on them.
 *
 * Each row that was there when the job was registered is in exactly one batch
 * that is committed, whatever is killed, and however the keys of rows change
 * meanwhile.  Here is why.
 *
 * The keys up to the last one that the table had when the job began are cut
 * into pieces, each of which is noted in _v.job_pieces, and taken by one
 * session at a time, which locks its row there (piece.c).  A batch locks the
 * first rows of a piece, runs the statement on these, and moves the beginning
 * of the piece after them; when no more rows come, the piece is deleted.  All
 * of that is one transaction.  So a row whose key stays as it is is done if
 * and only if its key is in no piece, nor still to be handed out.
 *
 * A row whose key changes is noted in _v.job_moved under its new key, with
 * whether it was done, by the transaction that changes it (moved.c).  That
 * holds the lock of the row, and a batch that had the row has held it, too:
 * the batch is over, and what it has committed is seen.  From then on the note
 * is what counts.  A batch leaves out the rows that have one: it looks for
 * these notes with a snapshot that is taken after it has locked its rows, so
 * that whatever has given a row the key that the batch found has been
 * committed before, and its note, too.  When all pieces are done, the rows
 * with a note that are not done get batches of their own.
 *
 * A batch that waited for the lock of a row may be returned a key that is not
 * the one by which the row was found, so that the last row that came need not
 * be the one up to which all rows came.  But such a row has a note, and is
 * left out: the last one that was not left out is where the piece goes on.
 *
 * The statement may also change keys, those of the batch included.  So the
 * beginning of the piece is moved before the statement runs: then the rows of
 * the batch count as done.
 *
 * To lock a row costs half of what it costs to update it, and a statement that
 * is an UPDATE or DELETE by the key, and reads nothing else, does that anyway.
 * When the last batch has shown that (bounds.c), the rows of the next one are
 * only read.  If then the statement has counted as many rows as there were, it
 * has locked all of them, and none of the keys had gone to another row if
 * there is no note of that afterwards.  Else a row was changed at the wrong
 * moment, or is not for the statement: the batch is rolled back, and this
 * runner locks first from then on.  So it does after a deadlock, for only then
 * does a batch lock its rows in the order of the key.
 *
 * Rows that are inserted meanwhile are kept right by the trigger of the patch;
 * a batch may get them or not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "executor/spi.h"
#include "jobs/batch.h"
#include "jobs/bounds.h"
#include "jobs/store.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/queryenvironment.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

char *
jobs_batch_query(const JobBatch *batch, const char *from, const char *where,
				 int limit)
{
	const char *columns = jobs_key_columns(batch->key, "t.");

	return psprintf("SELECT %s FROM %s%s AS t WHERE %s ORDER BY %s "
					"LIMIT %d%s",
					columns, from, batch->key->table, where, columns, limit,
					batch->locks_first ? " FOR NO KEY UPDATE OF t" : "");
}

void
jobs_batch_open(JobBatch *batch)
{
	batch->table = table_open(jobs_job_table(batch->job, RowShareLock),
							  NoLock);
	batch->key = jobs_key_find(batch->table, batch->job->key);
}

void
jobs_batch_take_rows(JobBatch *batch)
{
	batch->rows = SPI_tuptable->vals;
	batch->count = SPI_processed;
	batch->done = batch->count;
	batch->lowest = batch->highest = NULL;
	batch->left_out = palloc0(Max(batch->count, 1) * sizeof(bool));
}

char *
jobs_batch_image(const JobBatch *batch, uint64 row)
{
	int			count = batch->key->count;
	Datum	   *values = palloc(count * sizeof(Datum));
	bool	   *nulls = palloc(count * sizeof(bool));

	heap_deform_tuple(batch->rows[row], batch->key->row, values, nulls);
	return jobs_key_image(batch->key, values);
}

char *
jobs_batch_images(const JobBatch *batch)
{
	StringInfoData images;

	initStringInfo(&images);
	appendStringInfoChar(&images, '{');
	for (uint64 i = 0; i < batch->count; i++)
	{
		const char *image = jobs_batch_image(batch, i);

		appendStringInfoString(&images, i > 0 ? ",\"" : "\"");
		for (; *image != '\0'; image++)
		{
			if (*image == '"' || *image == '\\')
				appendStringInfoChar(&images, '\\');
			appendStringInfoChar(&images, *image);
		}
		appendStringInfoChar(&images, '"');
	}
	appendStringInfoChar(&images, '}');
	return images.data;
}

/* Order of strings, for qsort() and bsearch(). */
static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

void
jobs_batch_leave_out(JobBatch *batch, bool those_there)
{
	uint64		count = SPI_processed;
	char	  **images = palloc(Max(count, 1) * sizeof(char *));

	for (uint64 i = 0; i < count; i++)
		images[i] = jobs_store_value(i, 0);
	qsort(images, count, sizeof(char *), compare_strings);
	for (uint64 i = 0; i < batch->count; i++)
	{
		char	   *image = jobs_batch_image(batch, i);
		bool		is_there = bsearch(&image, images, count, sizeof(char *),
									   compare_strings) != NULL;

		if (is_there == those_there && !batch->left_out[i])
		{
			batch->left_out[i] = true;
			batch->done--;
		}
	}
}

EphemeralNamedRelation
jobs_batch_register(TupleDesc row, const HeapTuple *rows,
					const bool *left_out, uint64 count)
{
	EphemeralNamedRelation batch = palloc0(sizeof(EphemeralNamedRelationData));
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);

	batch->md.name = "batch";
	batch->md.reliddesc = InvalidOid;
	batch->md.tupdesc = row;
	batch->md.enrtype = ENR_NAMED_TUPLESTORE;
	for (uint64 i = 0; i < count; i++)
		if (left_out == NULL || !left_out[i])
		{
			tuplestore_puttuple(store, rows[i]);
			batch->md.enrtuples++;
		}
	batch->reldata = store;
	(void) SPI_register_relation(batch);
	return batch;
}

/* The first column of the key of a row. */
static Datum
first_column(const JobBatch *batch, HeapTuple row)
{
	bool		isnull;

	return heap_getattr(row, 1, batch->key->row, &isnull);
}

/* What the planner is told of the batch. */
static JobBounds
bounds_of(const JobBatch *batch, EphemeralNamedRelation name)
{
	JobBounds	bounds = {
		.batch = name, .table = batch->table, .key = batch->key,
		.is_known = batch->lowest != NULL
	};

	if (bounds.is_known)
	{
		bounds.least = first_column(batch, batch->lowest);
		bounds.greatest = first_column(batch, batch->highest);
	}
	return bounds;
}

/* Runs the statement, which the planner has been told the bounds for. */
static void
execute(JobBatch *batch, const JobBounds *bounds)
{
	int			result = SPI_execute(batch->job->statement, false, 0);

	if (result < 0)
		elog(ERROR, "cannot execute the statement of job \"%s\": %s",
			 batch->job->name, SPI_result_code_string(result));
	batch->locks_itself = bounds->locks && SPI_processed == batch->done;
}

void
jobs_batch_execute(JobBatch *batch)
{
	JobRole		before;
	JobBounds	bounds;

	if (batch->done == 0)
		return;
	bounds = bounds_of(batch, jobs_batch_register(batch->key->row,
												  batch->rows, batch->left_out,
												  batch->count));
	before = jobs_role_begin_statement(batch->job, batch->settings);
	jobs_bounds_set(&bounds);
	PG_TRY();
	{
		execute(batch, &bounds);
	}
	PG_FINALLY();
	{
		jobs_bounds_set(NULL);
	}
	PG_END_TRY();
	jobs_role_end(&before);
}
