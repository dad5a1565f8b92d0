/*-------------------------------------------------------------------------
 *
 * jobs/trigger.c
 *		The triggers by which a job hears of the rows whose key changes.
 *
 * One is for updates.  A partitioned table has a second one, for the rows that
 * leave a partition and are inserted into another.  What they do is in
 * moved.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "jobs/store.h"
#include "jobs/trigger.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* The condition under which an update is one to be noted. */
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

/* The name of a trigger; a long one is cut, and gets a hash of the whole. */
static char *
trigger_name(const char *kind, const char *job_name)
{
	char	   *name = psprintf("versioning_%s_%s", kind, job_name);
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

/* Makes a trigger of this kind, for these events. */
static void
create(Oid table, const char *kind, const char *events, const char *condition,
	   const char *job_name)
{
	const char *table_name = jobs_job_table_name(table);
	const char *name = quote_identifier(trigger_name(kind, job_name));

	run(psprintf("CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW %s"
				 "EXECUTE FUNCTION _v.note_moved_key(%s)",
				 name, events, table_name, condition,
				 quote_literal_cstr(job_name)));
	run(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s",
				 table_name, name));
}

void
jobs_trigger_create(Oid table, const JobKey *key, const char *job_name)
{
	int			level = NewGUCNestLevel();

	jobs_key_settings();
	create(table, "job", "UPDATE",
		   psprintf("WHEN (%s) ", key_has_changed(key)), job_name);
	if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)
		create(table, "move", "INSERT OR DELETE", "", job_name);
	AtEOXact_GUC(false, level);
}

/* The function of the triggers. */
static Oid
function_oid(void)
{
	oidvector  *no_arguments = buildoidvector(NULL, 0);

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum("note_moved_key"),
						   PointerGetDatum(no_arguments),
						   ObjectIdGetDatum(get_namespace_oid("_v", false)));
}

/* A trigger of the job on the table, or InvalidOid. */
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

/* Drops a trigger of the job.  Was there one? */
static bool
drop_one(Oid relid, const char *job_name)
{
	Relation	table = OidIsValid(relid) ?
		try_relation_open(relid, AccessShareLock) : NULL;
	ObjectAddress trigger = {TriggerRelationId, InvalidOid, 0};

	if (table == NULL)
		return false;
	trigger.objectId = find_trigger(table, job_name);
	relation_close(table, NoLock);
	if (!OidIsValid(trigger.objectId))
		return false;
	performDeletion(&trigger, DROP_RESTRICT, 0);
	return true;
}

void
jobs_trigger_drop(const Job *job)
{
	Oid			relid = table_oid(job);

	while (drop_one(relid, job->name))
		;
}
