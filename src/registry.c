/*-------------------------------------------------------------------------
 *
 * registry.c
 *		The table _v.patches: lock it, look up, insert, delete.
 *
 * Who changes the register holds an EXCLUSIVE lock on it until the end of the
 * transaction.  Readers go on, no other writer is in: neither another
 * registration nor a plain INSERT, UPDATE or DELETE.  That is why the rows can
 * be read with SnapshotSelf, which sees what is committed at this moment and
 * what this transaction did, the current command included.  The snapshot of a
 * REPEATABLE READ transaction may be older than the lock and miss a patch that
 * was committed meanwhile.
 *
 * Names are looked up through the primary key by the index access method
 * itself.  No query is planned for it, so no plan can be made while the table
 * is tiny and kept when it is large.
 *
 * Who only reads (assert_patch_is_applied) takes an ACCESS SHARE lock and the
 * latest ordinary snapshot, since others may be writing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "compat.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "registry.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#define SCHEMA_NAME "_v"
#define TABLE_NAME "patches"

/*
 * Raises 42501 unless the current user has the privilege *arg on the table.
 * Called before the lock is taken, so that who may not change the register
 * cannot block those who may.
 *
 * INSERT on single columns is enough to come in; the INSERT itself checks
 * whether they are the right ones.
 */
static void
check_privilege(const RangeVar *table, Oid relid,
				Oid old_relid pg_attribute_unused(), void *arg)
{
	AclMode		privilege = *(AclMode *) arg;
	const char *action;
	const char *privilege_name;

	if (!OidIsValid(relid) ||
		pg_class_aclcheck(relid, GetUserId(), privilege) == ACLCHECK_OK)
		return;

	switch (privilege)
	{
		case ACL_INSERT:
			if (pg_attribute_aclcheck_all(relid, GetUserId(), ACL_INSERT,
										  ACLMASK_ANY) == ACLCHECK_OK)
				return;
			action = "Registering a patch";
			privilege_name = "INSERT";
			break;
		case ACL_DELETE:
			action = "Unregistering a patch";
			privilege_name = "DELETE";
			break;
		default:
			action = "Looking up a patch";
			privilege_name = "SELECT";
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for table %s", table->relname),
			 errdetail("%s needs the %s privilege on %s.%s, which role \"%s\" does not have.",
					   action, privilege_name,
					   table->schemaname, table->relname,
					   GetUserNameFromId(GetUserId(), false)),
			 errhint("Its owner can say: GRANT %s ON %s.%s TO %s;",
					 privilege_name, table->schemaname, table->relname,
					 quote_identifier(GetUserNameFromId(GetUserId(),
														false)))));
}

/*
 * The primary key of the table, which must be on patch_name alone.  Raises
 * 55000 if it is not, for then no name could be looked up.
 */
static Oid
primary_key_index(Relation table)
{
	Oid			index_oid = InvalidOid;

	if (table->rd_rel->relkind == RELKIND_RELATION)
		index_oid = RelationGetPrimaryKeyIndex(table, false);
	if (OidIsValid(index_oid))
	{
		Relation	index = index_open(index_oid, AccessShareLock);
		bool		usable;

		usable = index->rd_index->indnkeyatts == 1 &&
			index->rd_index->indkey.values[0] ==
			get_attnum(RelationGetRelid(table), "patch_name");
		index_close(index, NoLock);
		if (usable)
			return index_oid;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table %s.%s has no primary key on its column patch_name",
					SCHEMA_NAME, TABLE_NAME),
			 errhint("ALTER TABLE %s.%s ADD PRIMARY KEY (patch_name);",
					 SCHEMA_NAME, TABLE_NAME)));
	return InvalidOid;			/* keep the compiler quiet */
}

/*
 * Opens the register for what the privilege is needed for: ACL_INSERT and
 * ACL_DELETE take the EXCLUSIVE lock, ACL_SELECT an ACCESS SHARE lock.  They
 * are held to the end of the transaction.
 *
 * Raises, as INSERT, DELETE and SELECT do, 25006 in a read-only transaction
 * and on a standby, 42501 without the privilege, 42P01 without the table.
 * The result lives in the current memory context until registry_close().
 */
Registry *
registry_open(AclMode privilege)
{
	Registry   *registry = palloc0(sizeof(Registry));
	RangeVar   *table = makeRangeVar(SCHEMA_NAME, TABLE_NAME, -1);
	bool		writes = privilege != ACL_SELECT;
	Relation	index;
	Oid			relid;

	if (writes)
		PreventCommandIfReadOnly(privilege == ACL_INSERT ? "INSERT" : "DELETE");

	relid = RangeVarGetRelidExtended(table,
									 writes ? ExclusiveLock : AccessShareLock,
									 0, check_privilege, &privilege);
	registry->table = table_open(relid, NoLock);
	registry->snapshot = writes ? SnapshotSelf :
		RegisterSnapshot(GetLatestSnapshot());

	index = index_open(primary_key_index(registry->table), NoLock);
	registry->by_name = index_beginscan(registry->table, index,
										registry->snapshot, NULL, 1, 0);
	registry->row = table_slot_create(registry->table, NULL);
	return registry;
}

/* Gives back all that the open register held, but for the locks. */
void
registry_close(Registry *registry)
{
	Relation	index = registry->by_name->indexRelation;

	ExecDropSingleTupleTableSlot(registry->row);
	index_endscan(registry->by_name);
	index_close(index, NoLock);
	if (IsMVCCSnapshot(registry->snapshot))
		UnregisterSnapshot(registry->snapshot);
	table_close(registry->table, NoLock);
	pfree(registry);
}

/*
 * Is the patch installed?  If so, registry_found() and registry_value() tell
 * of it until the next look-up.
 */
bool
registry_find(Registry *registry, const text *name)
{
	Relation	index = registry->by_name->indexRelation;
	ScanKeyData key;

	ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   index->rd_indcollation[0], F_TEXTEQ,
						   PointerGetDatum(name));
	index_rescan(registry->by_name, &key, 1, NULL, 0);
	return index_getnext_slot(registry->by_name, ForwardScanDirection,
							  registry->row);
}

/*
 * A column of the row that was looked up last, by its name: the table may
 * have come from elsewhere, with columns dropped and added.  Raises 42703 if
 * there is no such column.
 */
Datum
registry_value(Registry *registry, const char *column, bool *isnull)
{
	AttrNumber	number = get_attnum(RelationGetRelid(registry->table), column);

	if (number == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("table %s.%s has no column \"%s\"",
						SCHEMA_NAME, TABLE_NAME, column)));
	return slot_getattr(registry->row, number, isnull);
}

/* The patch that was looked up last, allocated in the current context. */
InstalledPatch *
registry_found(Registry *registry)
{
	InstalledPatch *patch = palloc(sizeof(InstalledPatch));
	bool		isnull;
	Datum		name = registry_value(registry, "patch_name", &isnull);

	Assert(!isnull);
	patch->tid = registry->row->tts_tid;
	patch->name = TextDatumGetCString(name);
	return patch;
}

/*
 * Error context of registry_insert(): says which patch it was about, and what
 * PostgreSQL means when it says that an index row is too large.
 */
static void
insert_error_callback(void *arg)
{
	const text *name = arg;

	if (geterrcode() == ERRCODE_PROGRAM_LIMIT_EXCEEDED)
	{
		errmsg("name of patch or conflict is too long");
		errdetail("The patch name has %zu bytes. "
				  "A name must fit into an index of %s.%s, which takes about a third of a page (%d bytes).",
				  VARSIZE_ANY_EXHDR(name), SCHEMA_NAME, TABLE_NAME,
				  BLCKSZ / 3);
		errhint("Choose a shorter name.");
	}
	else
		errcontext("registration of patch \"%s\"", text_to_cstring(name));
}

/* Raises 55000, because a trigger or a rule had the last word. */
static void
report_suppressed(const char *action, const text *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("patch \"%s\" was not %s",
					text_to_cstring(name), action),
			 errdetail("A trigger or rule on %s.%s changed or suppressed it.",
					   SCHEMA_NAME, TABLE_NAME)));
}

/*
 * Inserts a row, as the current user, by an ordinary INSERT: privileges,
 * policies, defaults of columns that people added, triggers and constraints
 * are as PostgreSQL has them.  Raises what that INSERT raises, and 55000 if
 * the row is not there after it.
 *
 * The plan is kept, since planning is most of the cost.  An INSERT of one row
 * has one plan only, whatever the size of the table, and the plan cache makes
 * it anew when the table was dropped and created again.
 */
void
registry_insert(Registry *registry, text *name,
				ArrayType *requires, ArrayType *conflicts)
{
	static SPIPlanPtr plan = NULL;	/* lives as long as the backend */
	Datum		values[] = {
		PointerGetDatum(name),
		CStringGetTextDatum(GetUserNameFromId(GetUserId(), false)),
		PointerGetDatum(requires),
		PointerGetDatum(conflicts)
	};
	ErrorContextCallback callback;

	callback.callback = insert_error_callback;
	callback.arg = name;
	callback.previous = error_context_stack;
	error_context_stack = &callback;

	SPI_connect();
	if (plan == NULL)
	{
		Oid			types[] = {TEXTOID, TEXTOID, TEXTARRAYOID, TEXTARRAYOID};

		plan = SPI_prepare("INSERT INTO _v.patches"
						   " (patch_name, applied_tsz, applied_by,"
						   "  requires, conflicts)"
						   " VALUES ($1, pg_catalog.now(), $2, $3, $4)",
						   lengthof(types), types);
		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not keep the plan of an INSERT: %s",
				 SPI_result_code_string(SPI_result));
	}
	if (SPI_execute_plan(plan, values, NULL, false, 0) < 0)
		elog(ERROR, "could not execute an INSERT: %s",
			 SPI_result_code_string(SPI_result));
	SPI_finish();

	if (!registry_find(registry, name))
		report_suppressed("registered", name);
	error_context_stack = callback.previous;
}

/*
 * Raises 0A000 for what a DELETE of a single row, outside a query, would pass
 * over in silence.
 */
static void
check_plain_delete(Relation table)
{
	const char *obstacle = NULL;

	if (check_enable_rls(RelationGetRelid(table), InvalidOid, true) ==
		RLS_ENABLED)
		obstacle = "row-level security";
	else if (table->rd_rules != NULL)
		obstacle = "a rule";
	else if (table->trigdesc != NULL &&
			 table->trigdesc->trig_delete_old_table)
		obstacle = "a trigger with a transition table for DELETE";

	if (obstacle != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unregister_patch cannot respect %s on table %s.%s",
						obstacle, SCHEMA_NAME, TABLE_NAME)));
}

/*
 * Deletes the row that registry_find() has just found, as the current user.
 * Row and statement triggers fire, foreign keys are checked.  Raises what
 * those raise, and 55000 if the row is still there after it.
 *
 * It goes to the executor without a query, as logical replication does, for
 * two reasons: the condition of a DELETE statement would ask the caller for
 * SELECT, too; and it would have to be planned each time, since a plan made
 * for a small table reads all of a large one.
 */
void
registry_delete(Registry *registry, const text *name)
{
	EState	   *estate = CreateExecutorState();
	ResultRelInfo *target = makeNode(ResultRelInfo);
	EPQState	epq;

	check_plain_delete(registry->table);

	InitResultRelInfo(target, registry->table, 1, NULL, 0);
	EvalPlanQualInit(&epq, estate, NULL, NIL, -1, NIL);

	AfterTriggerBeginQuery();
	ExecBSDeleteTriggers(estate, target);
	ExecSimpleRelationDelete(target, estate, &epq, registry->row);
	ExecASDeleteTriggers(estate, target, NULL);
	AfterTriggerEndQuery(estate);
	CommandCounterIncrement();

	EvalPlanQualEnd(&epq);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	FreeExecutorState(estate);

	if (registry_find(registry, name))
		report_suppressed("unregistered", name);
}
