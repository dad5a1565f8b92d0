/*-------------------------------------------------------------------------
 *
 * register/progress.c
 *		The table _v.progress: patches of which not all is done.
 *
 * A file that is not one transaction is run in parts by "versioning apply",
 * which notes in this table how far it has come.  Its patch is in the register
 * from the part on that registers it; but whoever requires it, requires all of
 * it.  As a rule the table is empty: then it costs a look at its size.
 *
 * What counts is what the view _v.unfinished says: see
 * sql/install/progress.sql.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "base/compat.h"
#include "base/row.h"
#include "base/settings.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "history/current.h"
#include "history/history.h"
#include "register/progress.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(versioning_resume_patch);

/* Those columns that are read here */
typedef enum ProgressColumn
{
	PROGRESS_PATCH_NAME,
	PROGRESS_SOURCE_FILE,
	PROGRESS_SINCE,
	PROGRESS_REGISTERED_AT,
	PROGRESS_PARTS,
	PROGRESS_DONE,
	PROGRESS_RUNS
} ProgressColumn;

#define PROGRESS_COLUMN_COUNT (PROGRESS_RUNS + 1)

static const ColumnDefinition definitions[PROGRESS_COLUMN_COUNT] = {
	[PROGRESS_PATCH_NAME] = {"patch_name", TEXTOID},
	[PROGRESS_SOURCE_FILE] = {"source_file", TEXTOID},
	[PROGRESS_SINCE] = {"since", TIMESTAMPTZOID},
	[PROGRESS_REGISTERED_AT] = {"registered_at", TIMESTAMPTZOID},
	[PROGRESS_PARTS] = {"parts", INT4OID},
	[PROGRESS_DONE] = {"done_sha256", TEXTARRAYOID},
	[PROGRESS_RUNS] = {"runs", BOOLOID}
};

/* The open table, at the row of a patch. */
typedef struct Progress
{
	Relation	table;
	AttrNumber	numbers[PROGRESS_COLUMN_COUNT];
	Snapshot	snapshot;
	TableScanDesc scan;
	TupleTableSlot *row;
	Datum		values[PROGRESS_COLUMN_COUNT];
	bool		nulls[PROGRESS_COLUMN_COUNT];
} Progress;

/* The table, opened, unless there is none or it is empty: then NULL. */
static Relation
open_table(LOCKMODE mode)
{
	Oid			schema = get_namespace_oid("_v", true);
	Oid			relid = OidIsValid(schema) ?
		get_relname_relid("progress", schema) : InvalidOid;
	Relation	table;

	if (!OidIsValid(relid) || get_rel_relkind(relid) != RELKIND_RELATION)
		return NULL;
	table = table_open(relid, mode);
	if (RelationGetNumberOfBlocks(table) > 0)
		return table;
	table_close(table, mode);
	return NULL;
}

/* Has a column of the current row that text? */
static bool
has_text(const Progress *progress, ProgressColumn column, const text *wanted)
{
	text	   *own;

	if (progress->nulls[column])
		return false;
	own = DatumGetTextPP(progress->values[column]);
	return VARSIZE_ANY_EXHDR(own) == VARSIZE_ANY_EXHDR(wanted) &&
		memcmp(VARDATA_ANY(own), VARDATA_ANY(wanted),
			   VARSIZE_ANY_EXHDR(wanted)) == 0;
}

/* Goes to the next row with that text in a column.  Is there one? */
static bool
find_row(Progress *progress, ProgressColumn column, const text *wanted)
{
	while (table_scan_getnextslot(progress->scan, ForwardScanDirection,
								  progress->row))
	{
		for (int i = 0; i < PROGRESS_COLUMN_COUNT; i++)
			progress->values[i] = slot_getattr(progress->row,
											   progress->numbers[i],
											   &progress->nulls[i]);
		if (has_text(progress, column, wanted))
			return true;
	}
	return false;
}

/* Closes the table. */
static void
close_progress(Progress *progress)
{
	ExecDropSingleTupleTableSlot(progress->row);
	table_endscan(progress->scan);
	UnregisterSnapshot(progress->snapshot);
	table_close(progress->table, NoLock);
}

/*
 * Opens the table at the first row that has that text in a column.  Returns
 * false, with nothing to close, if there is none.
 *
 * Another session may write its next note while we read.  SnapshotSelf, with
 * which the register is read, may miss both versions of the row then.
 */
static bool
open_progress(Progress *progress, ProgressColumn column, const text *wanted,
			  LOCKMODE mode)
{
	progress->table = open_table(mode);
	if (progress->table == NULL)
		return false;
	columns_find(progress->table, definitions, PROGRESS_COLUMN_COUNT,
				 progress->numbers);
	progress->row = table_slot_create(progress->table, NULL);
	progress->snapshot = RegisterSnapshot(GetLatestSnapshot());
	progress->scan = compat_table_beginscan(progress->table,
											progress->snapshot);
	if (find_row(progress, column, wanted))
		return true;
	close_progress(progress);
	return false;
}

/* How many parts are done. */
static int
parts_done(const Progress *progress)
{
	ArrayType  *done;

	if (progress->nulls[PROGRESS_DONE])
		return 0;
	done = DatumGetArrayTypeP(progress->values[PROGRESS_DONE]);
	return ArrayGetNItems(ARR_NDIM(done), ARR_DIMS(done));
}

/*
 * Is the row about the registration that register_find() has found last, and
 * not about one that was taken back meanwhile?
 */
static bool
is_about(const Progress *progress, Register *reg)
{
	bool		isnull;
	TimestampTz applied_at =
		DatumGetTimestampTz(register_value(reg, COLUMN_APPLIED_TSZ, &isnull));
	bool		runs = !progress->nulls[PROGRESS_RUNS] &&
		DatumGetBool(progress->values[PROGRESS_RUNS]);

	if (isnull || (!runs && parts_done(progress) == 0))
		return false;
	if (!progress->nulls[PROGRESS_REGISTERED_AT])
		return applied_at ==
			DatumGetTimestampTz(progress->values[PROGRESS_REGISTERED_AT]);
	return runs && !progress->nulls[PROGRESS_SINCE] &&
		applied_at >= DatumGetTimestampTz(progress->values[PROGRESS_SINCE]);
}

/* Is it the row of the file that this session runs? */
static bool
is_own(const Progress *progress)
{
	const char *source_file = settings_source_file();

	return source_file != NULL && !progress->nulls[PROGRESS_SOURCE_FILE] &&
		strcmp(TextDatumGetCString(progress->values[PROGRESS_SOURCE_FILE]),
			   source_file) == 0;
}

char *
register_progress_of(Register *reg, const text *name)
{
	Progress	progress;
	char	   *detail = NULL;

	if (!open_progress(&progress, PROGRESS_PATCH_NAME, name, AccessShareLock))
		return NULL;
	if (is_about(&progress, reg) && !is_own(&progress))
		detail = psprintf("Patch \"%s\" is unfinished since %s: "
						  "part %d of %d is not done.",
						  text_to_cstring(name),
						  timestamptz_to_str(DatumGetTimestampTz(
							progress.values[PROGRESS_SINCE])),
						  parts_done(&progress) + 1,
						  DatumGetInt32(progress.values[PROGRESS_PARTS]));
	close_progress(&progress);
	return detail;
}

/* Deletes all rows that have that text in a column. */
static void
delete_rows(ProgressColumn column, const text *wanted)
{
	Progress	progress;

	if (!open_progress(&progress, column, wanted, RowExclusiveLock))
		return;
	do
		row_delete(progress.table, progress.row);
	while (find_row(&progress, column, wanted));
	close_progress(&progress);
}

void
register_progress_forget(const text *name)
{
	Progress	progress;
	text	   *source_file = NULL;

	if (!open_progress(&progress, PROGRESS_PATCH_NAME, name, AccessShareLock))
		return;
	if (!progress.nulls[PROGRESS_SOURCE_FILE] && !is_own(&progress))
		source_file =
			DatumGetTextPCopy(progress.values[PROGRESS_SOURCE_FILE]);
	close_progress(&progress);
	if (source_file != NULL)
		delete_rows(PROGRESS_SOURCE_FILE, source_file);
	else
		delete_rows(PROGRESS_PATCH_NAME, name);
}

/*
 * Is the patch unfinished?  It is read what it requires and is in conflict
 * with.
 */
static bool
find_unfinished(Patch *patch)
{
	Register   *reg = register_open(ACL_INSERT);
	Progress	progress;
	bool		result = register_find(reg, patch->name) &&
		open_progress(&progress, PROGRESS_PATCH_NAME, patch->name,
					  AccessShareLock);

	if (result)
	{
		result = is_about(&progress, reg);
		close_progress(&progress);
		patch->requires.array = register_names(reg, COLUMN_REQUIRES);
		patch->conflicts.array = register_names(reg, COLUMN_CONFLICTS);
	}
	register_close(reg);
	return result;
}

/* _v.resume_patch(text) */
Datum
versioning_resume_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = {.name = patch_name_argument(fcinfo)};
	char	   *name = text_to_cstring(patch.name);

	if (!find_unfinished(&patch))
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("patch \"%s\" is not unfinished", name),
				 errhint("The view _v.unfinished lists the patches that "
						 "are.")));
	history_current_begin(history_add(HISTORY_RESUMED, &patch, NULL), name,
						  false);
	PG_RETURN_VOID();
}
