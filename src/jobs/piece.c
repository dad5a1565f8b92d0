/*-------------------------------------------------------------------------
 *
 * jobs/piece.c
 *		The pieces of the keys of a table that a job goes through.
 *
 * A piece is a few batches long, so that what is handed out, in a short
 * transaction that locks the row of the job, is not what all sessions wait
 * for.  Its row is locked by the session that works on it.  If that is killed,
 * the piece is there for the next one, from where the last batch was
 * committed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/partition.h"
#include "catalog/pg_inherits.h"
#include "executor/spi.h"
#include "history/history.h"
#include "jobs/piece.h"
#include "jobs/store.h"
#include "optimizer/plancat.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/* How many batches a piece is long */
#define BATCHES 4

/* What a number is in a query. */
static char *
number(int64 value)
{
	return psprintf("%lld", (long long) value);
}

JobPiece *
jobs_piece_take(const Job *job)
{
	JobPiece   *piece = NULL;

	if (jobs_store("SELECT number, after_key, to_key, tries,"
				   "       tries = 0 AND error IS NOT NULL"
				   "  FROM _v.job_pieces"
				   " WHERE job_name = $1 AND NOT given_up"
				   " ORDER BY tries = 0 AND error IS NOT NULL, number"
				   " LIMIT 1 FOR UPDATE SKIP LOCKED",
				   job->name) > 0)
	{
		piece = palloc(sizeof(JobPiece));
		piece->number = jobs_store_int(0, 0);
		piece->after = jobs_store_value(0, 1);
		piece->to = jobs_store_value(0, 2);
		piece->tries = jobs_store_int(0, 3);
		piece->is_blocked = jobs_store_bool(0, 4);
	}
	jobs_store_free();
	return piece;
}

bool
jobs_piece_is_left(const Job *job)
{
	bool		result = jobs_store("SELECT FROM _v.job_pieces"
									" WHERE job_name = $1 AND NOT given_up"
									" LIMIT 1", job->name) > 0;

	jobs_store_free();
	return result;
}

/*
 * Runs a query with the values of these images, where they are not NULL, as
 * its parameters; anew: with a snapshot of this moment.
 */
static void
execute(const JobKey *key, const char *query, const char *first,
		const char *second, bool anew)
{
	Oid			types[2 * INDEX_MAX_KEYS];
	Datum		values[2 * INDEX_MAX_KEYS];
	const char *images[] = {first, second};
	int			count = 0;

	for (int i = 0; i < 2; i++)
	{
		Datum	   *parsed = images[i] == NULL ? NULL :
			jobs_key_parse(key, images[i]);

		for (int j = 0; parsed != NULL && j < key->count; j++)
		{
			types[count] = key->columns[j].type;
			values[count++] = parsed[j];
		}
	}
	if (SPI_execute_with_args(query, count, types, values, NULL, !anew,
							  0) != SPI_OK_SELECT)
		elog(ERROR, "cannot execute \"%s\"", query);
}

/* The condition for the keys after one, up to another; NULL is before all. */
static char *
between(const JobKey *key, const char *after)
{
	int			first = 1;
	const char *lower = "true";

	if (after != NULL)
	{
		lower = jobs_key_condition(key, BTGreaterStrategyNumber, first);
		first += key->count;
	}
	return psprintf("%s AND %s", lower,
					jobs_key_condition(key, BTLessEqualStrategyNumber,
									   first));
}

/* The image of the key that the last query has returned, or NULL. */
static char *
returned_key(JobBatch *batch)
{
	jobs_batch_take_rows(batch);
	return batch->count == 0 ? NULL :
		MemoryContextStrdup(batch->context, jobs_batch_image(batch, 0));
}

/* The greatest key of the table, or NULL if it is empty. */
static char *
find_last_key(JobBatch *batch)
{
	StringInfoData order;

	initStringInfo(&order);
	for (int i = 0; i < batch->key->count; i++)
		appendStringInfo(&order, "%st.%s DESC", i > 0 ? ", " : "",
						 batch->key->columns[i].name);
	execute(batch->key,
			psprintf("SELECT %s FROM %s AS t ORDER BY %s LIMIT 1",
					 jobs_key_columns(batch->key, "t."), batch->key->table,
					 order.data), NULL, NULL, false);
	return returned_key(batch);
}

/* The key so many rows after the cursor, or NULL if there are fewer. */
static char *
find_boundary(JobBatch *batch, const char *cursor, const char *last_key,
			  int64 rows)
{
	const char *columns = jobs_key_columns(batch->key, "t.");

	execute(batch->key,
			psprintf("SELECT %s FROM %s AS t WHERE %s ORDER BY %s "
					 "OFFSET " INT64_FORMAT " LIMIT 1",
					 columns, batch->key->table,
					 between(batch->key, cursor), columns, rows - 1),
			cursor, last_key, false);
	return returned_key(batch);
}

/* How many rows the table has, by what the planner makes of it. */
static double
estimate_rows(Relation table)
{
	List	   *parts = find_all_inheritors(RelationGetRelid(table),
											AccessShareLock, NULL);
	double		sum = 0;
	ListCell   *lc;

	foreach(lc, parts)
	{
		Relation	part = table_open(lfirst_oid(lc), NoLock);
		BlockNumber pages;
		double		rows = 0;
		double		visible;

		if (part->rd_rel->relkind == RELKIND_RELATION)
			estimate_rel_size(part, NULL, &pages, &rows, &visible);
		sum += rows;
		table_close(part, NoLock);
	}
	return sum;
}

/* The job begins: notes up to which key it goes. */
static void
start(JobBatch *batch)
{
	JobRole		before = jobs_role_begin(batch->job, batch->settings);
	char	   *last_key = find_last_key(batch);
	double		rows = estimate_rows(batch->table);

	jobs_role_end(&before);
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET started_at = coalesce(started_at,"
					  "                             clock_timestamp()),"
					  "       last_key = $2, handed_out = $2 IS NULL,"
					  "       rows_total = $3::float8"
					  " WHERE job_name = $1",
					  batch->job->name, last_key, psprintf("%.0f", rows));
	if (!batch->job->started)
		history_add_job(HISTORY_JOB_STARTED, batch->job->patch_name,
						batch->job->name);
}

/* Hands out the keys after the cursor. */
static void
hand_out(JobBatch *batch, const char *cursor, const char *last_key,
		 int64 rows)
{
	JobRole		before = jobs_role_begin(batch->job, batch->settings);
	char	   *boundary = find_boundary(batch, cursor, last_key, rows);

	jobs_role_end(&before);
	(void) jobs_store("INSERT INTO _v.job_pieces (job_name, number, after_key,"
					  "                           to_key, tries, given_up)"
					  " SELECT job_name, pieces + 1, cursor,"
					  "        coalesce($2, last_key), 0, false"
					  "   FROM _v.job_list WHERE job_name = $1",
					  batch->job->name, boundary);
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET pieces = pieces + 1, handed_out = $2 IS NULL,"
					  "       cursor = coalesce($2, last_key)"
					  " WHERE job_name = $1", batch->job->name, boundary);
}

/* Opens the table as the role of the job. */
static void
open_as_role(JobBatch *batch)
{
	JobRole		before = jobs_role_begin(batch->job, batch->settings);

	jobs_batch_open(batch);
	jobs_role_end(&before);
}

void
jobs_piece_hand_out(const Job *job, const JobSettings *settings, int size)
{
	JobBatch	batch = {
		.job = job, .settings = settings, .context = CurrentMemoryContext
	};
	char	   *last_key;
	char	   *cursor;

	open_as_role(&batch);
	if (jobs_store("SELECT last_key, cursor, handed_out FROM _v.job_list"
				   " WHERE job_name = $1 FOR UPDATE", job->name) == 0)
		return;
	last_key = jobs_store_value(0, 0);
	cursor = jobs_store_value(0, 1);
	if (jobs_store_bool(0, 2))
		;						/* another session has done that */
	else if (last_key == NULL)
		start(&batch);
	else
		hand_out(&batch, cursor, last_key, (int64) size * BATCHES);
	table_close(batch.table, NoLock);
}

/* Takes the first rows of the piece, and locks them if need be. */
static void
take_rows(JobBatch *batch, const JobPiece *piece, int size)
{
	execute(batch->key,
			jobs_batch_query(batch, "", between(batch->key, piece->after),
							 size),
			piece->after, piece->to, true);
	jobs_batch_take_rows(batch);
}

/* Leaves out the rows that have a note of their own. */
static void
leave_out_moved(JobBatch *batch)
{
	const char *job_name = batch->job->name;
	JobRole		before;
	char	   *images;

	if (batch->count == 0 ||
		jobs_store("SELECT FROM _v.job_moved WHERE job_name = $1 LIMIT 1",
				   job_name) == 0)
		return;
	before = jobs_role_begin(batch->job, batch->settings);
	images = jobs_batch_images(batch);
	jobs_role_end(&before);
	(void) jobs_store("SELECT key FROM _v.job_moved"
					  "  JOIN unnest($2::text[]) AS i (key) USING (key)"
					  " WHERE job_name || '' = $1",
					  job_name, images);
	before = jobs_role_begin(batch->job, batch->settings);
	jobs_batch_leave_out(batch, true);
	jobs_role_end(&before);
}

/* The images of the first and the last row that were not left out. */
static void
find_ends(JobBatch *batch)
{
	JobRole		before = jobs_role_begin(batch->job, batch->settings);
	uint64		first = 0;
	uint64		last = batch->count - 1;

	while (batch->left_out[first])
		first++;
	while (batch->left_out[last])
		last--;
	batch->lowest = batch->rows[first];
	batch->highest = batch->rows[last];
	batch->first = MemoryContextStrdup(batch->context,
									   jobs_batch_image(batch, first));
	batch->last = MemoryContextStrdup(batch->context,
									  jobs_batch_image(batch, last));
	jobs_role_end(&before);
}

/*
 * Finds the rows of the batch.  If all that came are left out, it takes more.
 * Returns whether that was all of the piece.
 */
static bool
find_rows(JobBatch *batch, const JobPiece *piece, int size)
{
	do
	{
		JobRole		before = jobs_role_begin(batch->job, batch->settings);

		take_rows(batch, piece, size);
		jobs_role_end(&before);
		leave_out_moved(batch);
		if (batch->done > 0)
			find_ends(batch);
		if (batch->count < (uint64) size)
			return true;
		size *= 2;
	} while (batch->done == 0);
	return false;
}

/*
 * Raises 40001 unless the statement has locked the rows that were not locked
 * before, all of them, and none has got a note meanwhile.
 */
static void
check_locked(JobBatch *batch)
{
	uint64		done = batch->done;

	if (batch->locks_first || batch->done == 0)
		return;
	leave_out_moved(batch);
	batch->has_missed = !batch->locks_itself || batch->done < done;
	if (batch->has_missed)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("a row of the batch was changed meanwhile")));
}

bool
jobs_piece_work(JobBatch *batch, JobPiece *piece, int size)
{
	bool		is_last;

	batch->first = batch->last = NULL;
	open_as_role(batch);
	is_last = find_rows(batch, piece, size);
	if (is_last)
		(void) jobs_store("DELETE FROM _v.job_pieces"
						  " WHERE job_name = $1 AND number = $2::bigint",
						  batch->job->name, number(piece->number));
	else
		(void) jobs_store("UPDATE _v.job_pieces"
						  "   SET after_key = $3, tries = 0, error = NULL"
						  " WHERE job_name = $1 AND number = $2::bigint",
						  batch->job->name, number(piece->number),
						  batch->last);
	jobs_batch_execute(batch);
	check_locked(batch);
	table_close(batch->table, NoLock);
	piece->after = batch->last;
	return !is_last;
}

void
jobs_piece_note_try(const Job *job, const JobPiece *piece, bool counts,
					const char *error)
{
	(void) jobs_store("UPDATE _v.job_pieces"
					  "   SET tries = tries + $3::int, error = $4"
					  " WHERE job_name = $1 AND number = $2::bigint",
					  job->name, number(piece->number), counts ? "1" : "0",
					  error);
}

void
jobs_piece_give_up(const JobBatch *batch, const JobPiece *piece,
				   const char *error)
{
	const char *name = batch->job->name;

	if (batch->last == NULL || strcmp(batch->last, piece->to) == 0)
	{
		(void) jobs_store("UPDATE _v.job_pieces"
						  "   SET given_up = true, error = $3"
						  " WHERE job_name = $1 AND number = $2::bigint",
						  name, number(piece->number), error);
		return;
	}
	(void) jobs_store("INSERT INTO _v.job_pieces (job_name, number, after_key,"
					  "                    to_key, tries, given_up, error)"
					  " SELECT job_name, pieces + 1, $2, $3, $4::int, true, $5"
					  "   FROM _v.job_list WHERE job_name = $1",
					  name, piece->after, batch->last,
					  number(piece->tries + 1), error);
	(void) jobs_store("UPDATE _v.job_list SET pieces = pieces + 1"
					  " WHERE job_name = $1", name);
	(void) jobs_store("UPDATE _v.job_pieces"
					  "   SET after_key = $3, tries = 0, error = NULL"
					  " WHERE job_name = $1 AND number = $2::bigint",
					  name, number(piece->number), batch->last);
}
