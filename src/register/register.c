/*-------------------------------------------------------------------------
 *
 * register/register.c
 *		The table _v.patches: lock it, look up, insert, delete.
 *
 * A change of the register holds an EXCLUSIVE lock on it until the end of the
 * transaction.  Readers go on, other writers wait: another registration as
 * well as a plain INSERT, UPDATE or DELETE.  That is why the rows can
 * be read with SnapshotSelf, which sees what is committed at this moment and
 * what this transaction did, the current command included.  The snapshot of a
 * REPEATABLE READ transaction may be older than the lock and miss a patch that
 * was committed meanwhile.
 *
 * Names are looked up through the primary key by the index access method
 * itself.  No query is planned for it, so no plan can be made while the table
 * is tiny and kept when it is large.
 *
 * A function that only reads (assert_patch_is_applied) takes an ACCESS SHARE
 * lock and the latest ordinary snapshot, since others may be writing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "base/columns.h"
#include "base/compat.h"
#include "base/row.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "register/register.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/*
 * Has the current user the privilege on the columns that it is needed for, if
 * not on the table?  SELECT is needed on patch_name, INSERT on all of ours.
 */
static bool
has_column_privileges(Oid relid, AclMode privilege)
{
	Column		last = privilege == ACL_SELECT ? COLUMN_PATCH_NAME :
		COLUMN_COUNT - 1;

	for (Column column = COLUMN_PATCH_NAME; column <= last; column++)
	{
		AttrNumber	number = get_attnum(relid, columns_name(column));

		if (number == InvalidAttrNumber ||
			pg_attribute_aclcheck(relid, number, GetUserId(),
								  privilege) != ACLCHECK_OK)
			return false;
	}
	return true;
}

/*
 * Raises 42501 unless the current user has the privilege *arg on the table.
 * Called before the lock is taken, so that a role that may not change it
 * cannot block those who may.
 */
static void
check_privilege(const RangeVar *table, Oid relid,
				Oid old_relid pg_attribute_unused(), void *arg)
{
	AclMode		privilege = *(AclMode *) arg;
	const char *action;
	const char *privilege_name;

	if (!OidIsValid(relid) ||
		pg_class_aclcheck(relid, GetUserId(), privilege) == ACLCHECK_OK ||
		(privilege != ACL_DELETE && has_column_privileges(relid, privilege)))
		return;

	switch (privilege)
	{
		case ACL_INSERT:
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
			 errdetail("%s needs the %s privilege on %s.%s, "
					   "which role \"%s\" does not have.",
					   action, privilege_name,
					   table->schemaname, table->relname,
					   GetUserNameFromId(GetUserId(), false)),
			 errhint("Its owner can say: GRANT %s ON %s.%s TO %s;",
					 privilege_name, table->schemaname, table->relname,
					 quote_identifier(GetUserNameFromId(GetUserId(),
														false)))));
}

/*
 * Raises 0A000 if policies hide rows from the current user.  They would not be
 * applied here, and a register that hides some of its patches is of no use.
 */
static void
check_no_policies(Oid relid)
{
	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("row-level security on table _v.patches "
						"is not supported"),
				 errhint("Grant or revoke privileges on it instead.")));
}

void
register_check_privilege(AclMode privilege)
{
	(void) RangeVarGetRelidExtended(makeRangeVar("_v", "patches", -1), NoLock,
									0, check_privilege, &privilege);
}

Register *
register_open(AclMode privilege)
{
	Register   *reg = palloc0(sizeof(Register));
	RangeVar   *table = makeRangeVar("_v", "patches", -1);
	bool		writes = privilege != ACL_SELECT;
	Relation	index;
	Oid			relid;

	if (writes)
		PreventCommandIfReadOnly(privilege == ACL_INSERT ?
								 "INSERT" : "DELETE");

	relid = RangeVarGetRelidExtended(table,
									 writes ? ExclusiveLock : AccessShareLock,
									 0, check_privilege, &privilege);
	check_no_policies(relid);
	reg->table = table_open(relid, NoLock);
	reg->snapshot = writes ? SnapshotSelf :
		RegisterSnapshot(GetLatestSnapshot());

	columns_find_patches(reg->table, reg->columns);
	index = index_open(columns_primary_key(reg->table,
										   reg->columns), NoLock);
	reg->by_name = compat_index_beginscan(reg->table, index,
										  reg->snapshot, 1);
	reg->row = table_slot_create(reg->table, NULL);
	return reg;
}

void
register_close(Register *reg)
{
	Relation	index = reg->by_name->indexRelation;

	ExecDropSingleTupleTableSlot(reg->row);
	index_endscan(reg->by_name);
	index_close(index, NoLock);
	if (IsMVCCSnapshot(reg->snapshot))
		UnregisterSnapshot(reg->snapshot);
	table_close(reg->table, NoLock);
	pfree(reg);
}

bool
register_find(Register *reg, const text *name)
{
	Relation	index = reg->by_name->indexRelation;
	ScanKeyData key;

	/* A patch may name millions of others, all of which are looked up. */
	CHECK_FOR_INTERRUPTS();
	ScanKeyEntryInitialize(&key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   index->rd_indcollation[0], F_TEXTEQ,
						   PointerGetDatum(name));
	index_rescan(reg->by_name, &key, 1, NULL, 0);
	return index_getnext_slot(reg->by_name, ForwardScanDirection,
							  reg->row);
}

Datum
register_value(Register *reg, Column column, bool *isnull)
{
	return slot_getattr(reg->row, reg->columns[column], isnull);
}

ArrayType *
register_names(Register *reg, Column column)
{
	bool		isnull;
	Datum		names = register_value(reg, column, &isnull);

	return isnull ? NULL : DatumGetArrayTypePCopy(names);
}

InstalledPatch *
register_found(Register *reg)
{
	InstalledPatch *patch = palloc(sizeof(InstalledPatch));
	bool		isnull;
	Datum		name = register_value(reg, COLUMN_PATCH_NAME, &isnull);

	Assert(!isnull);
	patch->tid = reg->row->tts_tid;
	patch->name = TextDatumGetCString(name);
	return patch;
}

/* What register_all() tells of a row. */
static RegisteredPatch *
registered_patch(TupleTableSlot *row, const AttrNumber *columns)
{
	RegisteredPatch *patch = palloc0(sizeof(RegisteredPatch));
	Datum		values[COLUMN_COUNT];
	bool		nulls[COLUMN_COUNT];

	for (Column column = 0; column < COLUMN_COUNT; column++)
		values[column] = slot_getattr(row, columns[column], &nulls[column]);
	patch->patch.name = DatumGetTextPCopy(values[COLUMN_PATCH_NAME]);
	if (!nulls[COLUMN_APPLIED_TSZ])
		patch->applied_at = DatumGetTimestampTz(values[COLUMN_APPLIED_TSZ]);
	if (!nulls[COLUMN_APPLIED_BY])
		patch->applied_by = TextDatumGetCString(values[COLUMN_APPLIED_BY]);
	if (!nulls[COLUMN_REQUIRES])
		patch->patch.requires.array =
			DatumGetArrayTypePCopy(values[COLUMN_REQUIRES]);
	if (!nulls[COLUMN_CONFLICTS])
		patch->patch.conflicts.array =
			DatumGetArrayTypePCopy(values[COLUMN_CONFLICTS]);
	return patch;
}

List *
register_all(void)
{
	List	   *patches = NIL;
	AttrNumber	columns[COLUMN_COUNT];
	Relation	table = table_openrv(makeRangeVar("_v", "patches", -1),
									 AccessShareLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *row = table_slot_create(table, NULL);
	TableScanDesc scan = compat_table_beginscan(table, snapshot);

	columns_find_patches(table, columns);
	while (table_scan_getnextslot(scan, ForwardScanDirection, row))
		patches = lappend(patches, registered_patch(row, columns));
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(row);
	UnregisterSnapshot(snapshot);
	table_close(table, NoLock);
	return patches;
}

/*
 * Is this the error of an index that a name is too long for?  A trigger may
 * have met another index.  (An index is not named if it was already too long
 * for any.)
 */
static bool
is_name_too_long(Register *reg, const ErrorData *error)
{
	Relation	index = reg->by_name->indexRelation;
	char	   *primary_key = psprintf("\"%s\"",
									   RelationGetRelationName(index));

	return error->sqlerrcode == ERRCODE_PROGRAM_LIMIT_EXCEEDED &&
		error->message_id != NULL &&
		strncmp(error->message_id, "index row ", 10) == 0 &&
		(strchr(error->message, '"') == NULL ||
		 strstr(error->message, primary_key) != NULL ||
		 strstr(error->message, "\"patches_conflicts_idx\"") != NULL);
}

/*
 * Says in the words of the register what an index says of a name that is too
 * long for it.  Other errors are thrown again as they are.  For PG_CATCH();
 * the context is the caller's.
 */
static void
rethrow_insert_error(Register *reg, MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	if (!is_name_too_long(reg, error))
		PG_RE_THROW();

	FlushErrorState();
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("name of patch or conflict is too long"),
			 errdetail("It does not fit: %s.", error->message),
			 errhint("Choose a shorter name.")));
}

/*
 * Raises 55000 if a BEFORE trigger kept the row from being inserted or
 * deleted, or put another one in its place.
 */
static void
check_done(Register *reg, const text *name, bool inserted)
{
	if (register_find(reg, name) != inserted)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(inserted ? "patch \"%s\" was not registered" :
						"patch \"%s\" was not unregistered",
						text_to_cstring(name)),
				 errdetail("A trigger on _v.patches "
						   "has suppressed or changed it.")));
}

/* Error context of insert_row(): says which patch it was about. */
static void
insert_error_callback(void *arg)
{
	const text *name = arg;

	errcontext("registration of patch \"%s\"", text_to_cstring(name));
}

/* What register_insert() does, as long as all is well. */
static void
insert_row(Register *reg, text *name,
		   ArrayType *requires, ArrayType *conflicts)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	const char *user = GetUserNameFromId(GetUserId(), false);
	Datum		values[COLUMN_COUNT] = {
		[COLUMN_PATCH_NAME] = PointerGetDatum(name),
		[COLUMN_APPLIED_TSZ] = TimestampTzGetDatum(now),
		[COLUMN_APPLIED_BY] = CStringGetTextDatum(user),
		[COLUMN_REQUIRES] = PointerGetDatum(requires),
		[COLUMN_CONFLICTS] = PointerGetDatum(conflicts)
	};
	ErrorContextCallback callback;

	callback.callback = insert_error_callback;
	callback.arg = name;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	row_insert(reg->table, reg->columns, values, COLUMN_COUNT);
	error_context_stack = callback.previous;
}

void
register_insert(Register *reg, text *name,
				ArrayType *requires, ArrayType *conflicts)
{
	TriggerDesc *triggers = reg->table->trigdesc;
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		insert_row(reg, name, requires, conflicts);
	}
	PG_CATCH();
	{
		rethrow_insert_error(reg, context);
	}
	PG_END_TRY();

	if (triggers != NULL && triggers->trig_insert_before_row)
		check_done(reg, name, true);
}

void
register_delete(Register *reg, const text *name)
{
	TriggerDesc *triggers = reg->table->trigdesc;

	row_delete(reg->table, reg->row);
	if (triggers != NULL && triggers->trig_delete_before_row)
		check_done(reg, name, false);
}
