/*-------------------------------------------------------------------------
 *
 * jobs/moved.c
 *		The rows whose key changes while a job runs.
 *
 * A trigger on the table notes each of them, under its new key: see batch.c
 * for what that is good for.  It looks at every update, not only at those that
 * name a column of the key, for a trigger of somebody's may change that, too;
 * and at the bytes of the key, not at what its type takes for the same.
 *
 * Whether a row was done is asked when its key changes for the first time, and
 * handed on from then on.  It was if its old key is before what is handed out,
 * and in no piece that is left; or after the last key, for then the row is
 * new, and need not be done.
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
#include "access/relation.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "jobs/moved.h"
#include "jobs/store.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

PG_FUNCTION_INFO_V1(versioning_note_moved_key);

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
	(void) jobs_store("UPDATE _v.job_moved SET done = true"
					  " WHERE id = ANY ($1::uuid[]) AND NOT done"
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
					  " WHERE job_name = $1 AND key = $2 AND NOT done",
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
		!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
		trigger->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by the trigger of a job")));
}

/* The name of a table as the list of jobs has it. */
static char *
name_of(Oid table)
{
	return quote_qualified_identifier(
		get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
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
		if (strcmp(name_of(lfirst_oid(lc)), table) == 0)
			return lfirst_oid(lc);
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("job \"%s\" is about table %s, not about %s",
					job_name, table, name_of(relid)),
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

/* Puts the new note in the place of those that the keys had. */
static void
note(const char *job_name, const char *old_image, const char *new_image,
	 bool done)
{
	(void) jobs_store("DELETE FROM _v.job_moved"
					  " WHERE job_name = $1 AND key IN ($2, $3)",
					  job_name, old_image, new_image);
	(void) jobs_store("INSERT INTO _v.job_moved (id, job_name, key, done,"
					  "                          given_up)"
					  " VALUES (gen_random_uuid(), $1, $2, $3::boolean,"
					  "         false)",
					  job_name, new_image, done ? "true" : "false");
}

/* Notes that the row, whose key has changed, is done or not. */
static void
note_moved(const TriggerData *trigger, const Job *job)
{
	Relation	relation = trigger->tg_relation;
	Oid			table = find_table(relation, job->name, job->table);
	Relation	parent = table_open(table, AccessShareLock);
	JobKey	   *key = jobs_key_find(parent, job->key);
	Datum	   *old_values = key_values(key, relation, table,
										trigger->tg_trigtuple);
	char	   *old_image = jobs_key_image(key, old_values);
	char	   *new_image = jobs_key_image(key,
										   key_values(key, relation, table,
													  trigger->tg_newtuple));
	bool		done;

	if (jobs_store("SELECT done FROM _v.job_moved"
				   " WHERE job_name = $1 AND key = $2",
				   job->name, old_image) > 0)
		done = jobs_store_bool(0, 0);
	else
		done = was_done(job, key, old_values);
	note(job->name, old_image, new_image, done);
	table_close(parent, NoLock);
}

/* _v.note_moved_key(), a trigger AFTER UPDATE for each row */
Datum
versioning_note_moved_key(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Job		   *job;
	int			level;

	check_called_as_trigger(fcinfo);
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

/* The condition under which the trigger fires. */
static char *
key_has_changed(const JobKey *key)
{
	StringInfoData condition;

	initStringInfo(&condition);
	for (int i = 0; i < key->count; i++)
	{
		const char *name = key->columns[i].name;

		appendStringInfo(&condition,
						 key->columns[i].is_equal_image ?
						 "%sOLD.%s IS DISTINCT FROM NEW.%s" :
						 "%sROW(OLD.%s)::record OPERATOR(pg_catalog.*<>) "
						 "ROW(NEW.%s)::record",
						 i > 0 ? " OR " : "", name, name);
	}
	return condition.data;
}

/* The name of the trigger; a long one is cut, and gets a hash of the whole. */
static char *
trigger_name(const char *job_name)
{
	char	   *name = psprintf("versioning_job_%s", job_name);
	uint32		hash = hash_bytes((const unsigned char *) job_name,
								  strlen(job_name));

	if (strlen(name) < NAMEDATALEN)
		return name;
	name[pg_mbcliplen(name, strlen(name), NAMEDATALEN - 10)] = '\0';
	return psprintf("%s_%08x", name, hash);
}

/* Runs a utility command by SPI. */
static void
run(const char *command)
{
	if (SPI_execute(command, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "cannot execute \"%s\"", command);
}

void
jobs_moved_create_trigger(Oid table, const JobKey *key,
						  const char *job_name)
{
	const char *table_name = name_of(table);
	const char *name = quote_identifier(trigger_name(job_name));
	int			level = NewGUCNestLevel();

	jobs_key_settings();
	run(psprintf("CREATE TRIGGER %s AFTER UPDATE ON %s FOR EACH ROW "
				 "WHEN (%s) EXECUTE FUNCTION _v.note_moved_key(%s)",
				 name, table_name, key_has_changed(key),
				 quote_literal_cstr(job_name)));
	run(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s",
				 table_name, name));
	AtEOXact_GUC(false, level);
}

/* The function of the trigger. */
static Oid
function_oid(void)
{
	oidvector  *no_arguments = buildoidvector(NULL, 0);

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum("note_moved_key"),
						   PointerGetDatum(no_arguments),
						   ObjectIdGetDatum(get_namespace_oid("_v", false)));
}

/* The trigger of the job on the table, or InvalidOid. */
static Oid
find_trigger(Relation table, const char *job_name)
{
	TriggerDesc *triggers = table->trigdesc;
	Oid			function = function_oid();

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == function && trigger->tgnargs == 1 &&
			strcmp(trigger->tgargs[0], job_name) == 0)
			return trigger->tgoid;
	}
	return InvalidOid;
}

/*
 * The table that has the trigger of the job, whatever it is called by now; or
 * InvalidOid.  What has the name of the table of the job is preferred, for
 * anyone may make such a trigger on a table of theirs.
 */
static Oid
table_oid(const Job *job)
{
	uint64		count = jobs_store("SELECT tgrelid FROM pg_trigger"
								   " WHERE tgfoid = to_regprocedure("
								   "                '_v.note_moved_key()')"
								   "   AND tgparentid = 0 AND tgnargs = 1"
								   "   AND tgargs = convert_to($1,"
								   "       getdatabaseencoding()) || '\\x00'"
								   " ORDER BY tgrelid IS NOT DISTINCT FROM"
								   "          to_regclass($2) DESC LIMIT 1",
								   job->name, job->table);
	Oid			table = count == 0 ? InvalidOid : (Oid) jobs_store_int(0, 0);

	jobs_store_free();
	return table;
}

void
jobs_moved_drop_trigger(const Job *job)
{
	Oid			relid = table_oid(job);
	Relation	table = OidIsValid(relid) ?
		try_relation_open(relid, AccessShareLock) : NULL;
	ObjectAddress trigger = {TriggerRelationId, InvalidOid, 0};

	if (table == NULL)
		return;
	trigger.objectId = find_trigger(table, job->name);
	relation_close(table, NoLock);
	if (OidIsValid(trigger.objectId))
		performDeletion(&trigger, DROP_RESTRICT, 0);
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
