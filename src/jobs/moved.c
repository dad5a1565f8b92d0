/*-------------------------------------------------------------------------
 *
 * jobs/moved.c
 *		The rows whose key changes while a job runs.
 *
 * A trigger on the table (trigger.c) notes each of them, under its new key:
 * see batch.c for what that is good for.  It looks at every update, not only
 * at those that name a column of the key, for a trigger of somebody's may
 * change that, too; and at the bytes of the key, not at what its type takes
 * for the same.
 *
 * A row that moves to another partition is deleted there and inserted here, to
 * PostgreSQL as to its triggers.  But what is deleted says that it has moved,
 * and what is inserted next, by the same command, is that row.
 *
 * Whether a row was done is asked when its key changes for the first time, and
 * handed on from then on.  It was if its old key is before what is handed out,
 * and in no piece that is left; or after the last key, for then the row is
 * new, and need not be done.
 *
 * Where a trigger of somebody's changes a key that the command has changed
 * already, the second change is noted first, for it belongs to a command that
 * ends first.  There is no note of the first one to be found then; so the note
 * of the second one says which version of the row it was made from, and when
 * the first change is to be noted, which has led to that version, it is found
 * by this.  Two rows may still be mixed up, of which one has got, by that
 * command, the key that the other one had, and had a note of.
 *
 * There may be many notes.  One is looked up by its key; the name of the job
 * is hidden from the planner there, for the index on that finds all of them.
 *
 * The batches of noted rows lock the rows before they mark the notes, since
 * whoever changes a key has also locked the row before it gets to the note.
 * A note that another one has replaced meanwhile is no longer there to be
 * marked, so what it was about is left to a later batch.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "jobs/moved.h"
#include "jobs/store.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(versioning_note_moved_key);

/* What is known of a row whose key has changed */
typedef struct Known
{
	bool		done;
	char	   *version;		/* that it was, if this transaction has made
								 * that; else NULL */
} Known;

/* A row that has left its partition, and is to be inserted into another */
typedef struct Leaving
{
	char	   *job_name;
	int			depth;			/* how deep in triggers */
	Known		known;
} Leaving;

/*
 * Those of this session.  One that is never inserted may be taken for a row
 * that is inserted later: that is new, and may be done or not.
 */
static List *leaving = NIL;

bool
jobs_moved_is_left(const Job *job)
{
	bool		result = jobs_store("SELECT FROM _v.job_moved"
									" WHERE job_name = $1 AND NOT done"
									"   AND NOT given_up LIMIT 1",
									job->name) > 0;

	jobs_store_free();
	return result;
}

/* The rows of the key that the images of the last query say, as tuples. */
static HeapTuple *
parse_rows(const JobKey *key, char **images, uint64 count)
{
	HeapTuple  *rows = palloc(Max(count, 1) * sizeof(HeapTuple));
	bool	   *nulls = palloc0(key->count * sizeof(bool));

	for (uint64 i = 0; i < count; i++)
		rows[i] = heap_form_tuple(key->row, jobs_key_parse(key, images[i]),
								  nulls);
	return rows;
}

/* Locks the rows that have these keys, as the role of the job. */
static void
lock_rows(JobBatch *batch, char **images, uint64 count)
{
	JobRole		before = jobs_role_begin(batch->job, batch->settings);

	jobs_batch_open(batch);
	batch->locks_first = true;
	(void) jobs_batch_register(batch->key->row,
							   parse_rows(batch->key, images, count), NULL,
							   count);
	if (SPI_execute(jobs_batch_query(batch, "batch, ",
									 jobs_key_join(batch->key), count),
					false, 0) != SPI_OK_SELECT)
		elog(ERROR, "cannot lock the rows of a batch");
	jobs_batch_take_rows(batch);
	(void) SPI_unregister_relation("batch");
	jobs_role_end(&before);
}

/* The ids of the notes that the last query has returned, as an array. */
static char *
ids_of_notes(uint64 count)
{
	StringInfoData ids;

	initStringInfo(&ids);
	appendStringInfoChar(&ids, '{');
	for (uint64 i = 0; i < count; i++)
		appendStringInfo(&ids, "%s%s", i > 0 ? "," : "",
						 jobs_store_value(i, 1));
	appendStringInfoChar(&ids, '}');
	return ids.data;
}

void
jobs_moved_work(JobBatch *batch, int size)
{
	uint64		count = jobs_store("SELECT key, id FROM _v.job_moved"
								   " WHERE job_name = $1 AND NOT done"
								   "   AND NOT given_up LIMIT $2::int",
								   batch->job->name,
								   psprintf("%d", size));
	char	   *ids = ids_of_notes(count);
	char	  **images = palloc(Max(count, 1) * sizeof(char *));
	JobRole		before;

	for (uint64 i = 0; i < count; i++)
		images[i] = jobs_store_value(i, 0);
	if (count > 0)
		batch->first = batch->last =
			MemoryContextStrdup(batch->context, images[0]);
	lock_rows(batch, images, count);
	(void) jobs_store("UPDATE _v.job_moved AS m SET done = true"
					  "  FROM unnest($1::uuid[]) AS i (id)"
					  " WHERE m.id = i.id AND NOT done"
					  " RETURNING key", ids);
	before = jobs_role_begin(batch->job, batch->settings);
	jobs_batch_leave_out(batch, false);
	jobs_role_end(&before);
	jobs_batch_execute(batch);
	table_close(batch->table, NoLock);
}

void
jobs_moved_give_up(const JobBatch *batch, const char *error)
{
	(void) jobs_store("UPDATE _v.job_moved SET given_up = true, error = $3"
					  " WHERE job_name || '' = $1 AND key = $2 AND NOT done",
					  batch->job->name, batch->first, error);
}

/* Raises 39P01 unless it was called as the trigger that we make. */
static void
check_called_as_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		trigger->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by the trigger of a job")));
}

/*
 * The table of the job, which the trigger is on, or on a partition of.  Raises
 * 55000 if it is on another one.
 */
static Oid
find_table(Relation relation, const char *job_name, const char *table)
{
	Oid			relid = RelationGetRelid(relation);
	List	   *candidates = list_make1_oid(relid);
	ListCell   *lc;

	if (relation->rd_rel->relispartition)
		candidates = list_concat(candidates, get_partition_ancestors(relid));
	foreach(lc, candidates)
		if (strcmp(jobs_job_table_name(lfirst_oid(lc)), table) == 0)
			return lfirst_oid(lc);
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("job \"%s\" is about table %s, not about %s",
					job_name, table, jobs_job_table_name(relid)),
			 errdetail("The key of a row is changed, and the job has to know "
					   "of that."),
			 errhint("If the table was renamed, cancel the job, or rename "
					 "the table back.")));
	return InvalidOid;			/* keep the compiler quiet */
}

/* The key of a row of the relation, which may be a partition. */
static Datum *
key_values(const JobKey *key, Relation relation, Oid table, HeapTuple row)
{
	Datum	   *values = palloc(key->count * sizeof(Datum));

	for (int i = 0; i < key->count; i++)
	{
		AttrNumber	number = key->columns[i].number;
		bool		isnull;

		if (RelationGetRelid(relation) != table)
			number = get_attnum(RelationGetRelid(relation),
								get_attname(table, number, false));
		values[i] = heap_getattr(row, number, RelationGetDescr(relation),
								 &isnull);
	}
	return values;
}

/* Is the key after the one of this image?  All are after NULL. */
static bool
is_after(const JobKey *key, const Datum *values, const char *image)
{
	return image == NULL ||
		jobs_key_compare(key, values, jobs_key_parse(key, image)) > 0;
}

/* Is it in a piece that is not done? */
static bool
is_in_piece(const Job *job, const JobKey *key, const Datum *values)
{
	uint64		count = jobs_store("SELECT after_key, to_key"
								   "  FROM _v.job_pieces"
								   " WHERE job_name = $1", job->name);

	for (uint64 i = 0; i < count; i++)
		if (is_after(key, values, jobs_store_value(i, 0)) &&
			!is_after(key, values, jobs_store_value(i, 1)))
			return true;
	return false;
}

/* Was the row done that had this key, and has no note? */
static bool
was_done(const Job *job, const JobKey *key, const Datum *values)
{
	if (job->last_key == NULL)
		return job->handed_out;
	if (is_after(key, values, job->last_key))
		return true;
	if (!job->handed_out && is_after(key, values, job->cursor))
		return false;
	return !is_in_piece(job, key, values);
}

/* What the names of all versions begin with that this transaction gives. */
static char *
transaction_prefix(void)
{
	return psprintf(UINT64_FORMAT " ",
					U64FromFullTransactionId(GetTopFullTransactionId()));
}

/* Names a version of a row. */
static char *
name_version(Relation relation, HeapTuple row)
{
	ItemPointer place = &row->t_self;

	return psprintf("%s%u (%u,%u)", transaction_prefix(),
					RelationGetRelid(relation),
					ItemPointerGetBlockNumber(place),
					ItemPointerGetOffsetNumber(place));
}

/*
 * Finds out what is known of a row whose key is no longer that of this old
 * version.  The note of its old key is taken away.
 */
static Known
take_known(const Job *job, const JobKey *key, Relation relation,
		   const Datum *values, HeapTuple old)
{
	TransactionId maker = HeapTupleHeaderGetXmin(old->t_data);
	Known		known = {0};

	if (jobs_store("DELETE FROM _v.job_moved"
				   " WHERE job_name || '' = $1 AND key = $2 RETURNING done,"
				   "       CASE WHEN starts_with(version, $3)"
				   "            THEN version END",
				   job->name, jobs_key_image(key, values),
				   transaction_prefix()) > 0)
	{
		known.done = jobs_store_bool(0, 0);
		known.version = jobs_store_value(0, 1);
	}
	else
		known.done = was_done(job, key, values);
	if (known.version == NULL && TransactionIdIsCurrentTransactionId(maker))
		known.version = name_version(relation, old);
	return known;
}

/*
 * Has a later change of this version of the row been noted already?  Then what
 * is known of the row belongs there.
 */
static bool
is_noted(const Job *job, Relation relation, HeapTuple new, const Known *known)
{
	return !ItemPointerEquals(&new->t_data->t_ctid, &new->t_self) &&
		jobs_store("UPDATE _v.job_moved SET done = $3::boolean, version = $4"
				   " WHERE job_name = $1 AND version = $2",
				   job->name, name_version(relation, new),
				   known->done ? "true" : "false", known->version) > 0;
}

/* Notes it under the new key, in the place of what was known of that. */
static void
note(const Job *job, const char *image, const Known *known)
{
	(void) jobs_store("DELETE FROM _v.job_moved"
					  " WHERE job_name || '' = $1 AND key = $2",
					  job->name, image);
	(void) jobs_store("INSERT INTO _v.job_moved (id, job_name, key, done,"
					  "                          given_up, version)"
					  " VALUES (gen_random_uuid(), $1, $2, $3::boolean,"
					  "         false, $4)",
					  job->name, image, known->done ? "true" : "false",
					  known->version);
}

/* Forgets the rows that have left, as deep in triggers as this, or deeper. */
static void
forget_leaving(const char *job_name, int depth)
{
	ListCell   *lc;

	foreach(lc, leaving)
	{
		Leaving    *row = lfirst(lc);

		if (row->depth < depth || strcmp(row->job_name, job_name) != 0)
			continue;
		leaving = foreach_delete_current(leaving, lc);
		pfree(row->job_name);
		if (row->known.version != NULL)
			pfree(row->known.version);
		pfree(row);
	}
}

/* Keeps what is known of a row that has left its partition. */
static void
leave(const Job *job, const Known *known)
{
	int			depth = DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH));
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
	Leaving    *row;

	forget_leaving(job->name, depth);
	row = palloc0(sizeof(Leaving));
	row->job_name = pstrdup(job->name);
	row->depth = depth;
	row->known.done = known->done;
	if (known->version != NULL)
		row->known.version = pstrdup(known->version);
	leaving = lappend(leaving, row);
	MemoryContextSwitchTo(before);
}

/* Is the row that was inserted the one that has left?  What is known of it? */
static bool
arrive(const Job *job, Known *known)
{
	int			depth = DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH));
	bool		found = false;
	ListCell   *lc;

	foreach(lc, leaving)
	{
		const Leaving *row = lfirst(lc);

		if (row->depth != depth || strcmp(row->job_name, job->name) != 0)
			continue;
		known->done = row->known.done;
		known->version = row->known.version == NULL ? NULL :
			pstrdup(row->known.version);
		found = true;
	}
	forget_leaving(job->name, depth);
	return found;
}

/* Notes that the row, whose key has changed, is done or not. */
static void
note_moved(const TriggerData *trigger, const Job *job)
{
	Relation	relation = trigger->tg_relation;
	bool		arrives = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	HeapTuple	new = arrives ? trigger->tg_trigtuple : trigger->tg_newtuple;
	Oid			table = find_table(relation, job->name, job->table);
	Relation	parent = table_open(table, AccessShareLock);
	JobKey	   *key = jobs_key_find(parent, job->key);
	Known		known;

	if (!arrives)
		known = take_known(job, key, relation,
						   key_values(key, relation, table,
									  trigger->tg_trigtuple),
						   trigger->tg_trigtuple);
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		leave(job, &known);
	else if ((!arrives || arrive(job, &known)) &&
			 !is_noted(job, relation, new, &known))
		note(job, jobs_key_image(key, key_values(key, relation, table, new)),
			 &known);
	table_close(parent, NoLock);
}

/* May it be that the row has got another key? */
static bool
may_have_moved(const TriggerData *trigger)
{
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		return leaving != NIL;
	return !TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ||
		HeapTupleHeaderIndicatesMovedPartitions(trigger->tg_trigtuple->t_data);
}

/* _v.note_moved_key(), a trigger AFTER some event for each row */
Datum
versioning_note_moved_key(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Job		   *job;
	int			level;

	check_called_as_trigger(fcinfo);
	if (!may_have_moved(trigger))
		return PointerGetDatum(NULL);
	SPI_connect();
	jobs_job_lock_notes(trigger->tg_trigger->tgargs[0], ShareLock);
	job = jobs_job_find(trigger->tg_trigger->tgargs[0]);
	if (job != NULL && strcmp(job->state, "done") != 0)
	{
		level = NewGUCNestLevel();
		jobs_key_settings();
		note_moved(trigger, job);
		AtEOXact_GUC(false, level);
	}
	SPI_finish();
	return PointerGetDatum(NULL);
}

void
jobs_moved_tidy_up(const char *job_name)
{
	(void) jobs_store("DELETE FROM _v.job_moved WHERE id IN"
					  " (SELECT id FROM _v.job_moved WHERE job_name = $1"
					  "     FOR UPDATE SKIP LOCKED)", job_name);
}

void
jobs_moved_forget(const char *job_name)
{
	jobs_job_lock_notes(job_name, ExclusiveLock);
	(void) jobs_store("DELETE FROM _v.job_moved WHERE job_name = $1",
					  job_name);
}
