/*-------------------------------------------------------------------------
 *
 * history/history.c
 *		The table _v.history: what happened to the register.
 *
 * Each registration and un-registration adds a row, in its own transaction,
 * and so does each command that a superuser takes past the guard.  Nothing
 * that was taken back is forgotten.  See base/journal.c for how it is written.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/journal.h"
#include "base/settings.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "history/history.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/formatting.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

typedef enum HistoryColumn
{
	HISTORY_ID,
	HISTORY_EVENT,
	HISTORY_PATCH_NAME,
	HISTORY_REQUIRES,
	HISTORY_CONFLICTS,
	HISTORY_HAPPENED_AT,
	HISTORY_ROLE_NAME,
	HISTORY_SESSION_ROLE_NAME,
	HISTORY_TRANSACTION_ID,
	HISTORY_APPLICATION_NAME,
	HISTORY_CLIENT_ADDRESS,
	HISTORY_OS_USER,
	HISTORY_HOST,
	HISTORY_SOURCE_FILE,
	HISTORY_SOURCE_SHA256,
	HISTORY_REVISION,
	HISTORY_COMMAND,
	HISTORY_JOB_NAME
} HistoryColumn;

#define HISTORY_COLUMN_COUNT (HISTORY_JOB_NAME + 1)

/* As in the install script. */
static const ColumnDefinition columns[HISTORY_COLUMN_COUNT] = {
	[HISTORY_ID] = {"id", INT8OID},
	[HISTORY_EVENT] = {"event", TEXTOID},
	[HISTORY_PATCH_NAME] = {"patch_name", TEXTOID},
	[HISTORY_REQUIRES] = {"requires", TEXTARRAYOID},
	[HISTORY_CONFLICTS] = {"conflicts", TEXTARRAYOID},
	[HISTORY_HAPPENED_AT] = {"happened_at", TIMESTAMPTZOID},
	[HISTORY_ROLE_NAME] = {"role_name", TEXTOID},
	[HISTORY_SESSION_ROLE_NAME] = {"session_role_name", TEXTOID},
	[HISTORY_TRANSACTION_ID] = {"transaction_id", XID8OID},
	[HISTORY_APPLICATION_NAME] = {"application_name", TEXTOID},
	[HISTORY_CLIENT_ADDRESS] = {"client_address", INETOID},
	[HISTORY_OS_USER] = {"os_user", TEXTOID},
	[HISTORY_HOST] = {"host", TEXTOID},
	[HISTORY_SOURCE_FILE] = {"source_file", TEXTOID},
	[HISTORY_SOURCE_SHA256] = {"source_sha256", TEXTOID},
	[HISTORY_REVISION] = {"revision", TEXTOID},
	[HISTORY_COMMAND] = {"command", TEXTOID},
	[HISTORY_JOB_NAME] = {"job_name", TEXTOID}
};

static const JournalDefinition history = {
	"history", columns, HISTORY_COLUMN_COUNT
};

static const char *const event_names[] = {
	[HISTORY_APPLIED] = "applied",
	[HISTORY_RESUMED] = "resumed",
	[HISTORY_TAKEN_BACK] = "taken back",
	[HISTORY_ADOPTED] = "adopted",
	[HISTORY_MARKED] = "marked",
	[HISTORY_UNMARKED] = "unmarked",
	[HISTORY_ACCEPTED] = "accepted",
	[HISTORY_GUARD_BYPASSED] = "guard bypassed",
	[HISTORY_JOB_STARTED] = "job started",
	[HISTORY_JOB_PAUSED] = "job paused",
	[HISTORY_JOB_RESUMED] = "job resumed",
	[HISTORY_JOB_FAILED] = "job failed",
	[HISTORY_JOB_DONE] = "job done",
	[HISTORY_JOB_CANCELED] = "job canceled"
};

/* A row in the making. */
typedef struct HistoryRow
{
	Datum		values[HISTORY_COLUMN_COUNT];
	bool		nulls[HISTORY_COLUMN_COUNT];
} HistoryRow;

Oid
history_oid(void)
{
	Oid			schema = get_namespace_oid("_v", true);

	return OidIsValid(schema) ?
		get_relname_relid(history.table, schema) : InvalidOid;
}

/* Is there a row of this id and patch in the open table? */
static bool
has_row(Relation table, int64 id, const char *patch_name)
{
	AttrNumber	numbers[HISTORY_PATCH_NAME + 1];
	Oid			index = compat_primary_key_index(table);
	bool		found = false;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	columns_find(table, columns, lengthof(numbers), numbers);
	ScanKeyInit(&key, numbers[HISTORY_ID], BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(id));
	scan = systable_beginscan(table, index, OidIsValid(index), SnapshotSelf,
							  1, &key);
	while (!found && HeapTupleIsValid(row = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		name = heap_getattr(row, numbers[HISTORY_PATCH_NAME],
										RelationGetDescr(table), &isnull);

		found = !isnull && strcmp(TextDatumGetCString(name), patch_name) == 0;
	}
	systable_endscan(scan);
	return found;
}

bool
history_has(Oid relid, int64 id, const char *patch_name)
{
	bool		has_snapshot = !ActiveSnapshotSet();
	Relation	table = NULL;
	bool		found;

	if (relid == history_oid())
		table = try_relation_open(relid, AccessShareLock);
	if (table == NULL)
		return false;

	/* A long name needs one; a command that commits has none at its end. */
	if (has_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
	found = has_row(table, id, patch_name);
	if (has_snapshot)
		PopActiveSnapshot();
	relation_close(table, AccessShareLock);
	return found;
}

/* Puts a string into a column, and nothing for NULL or the empty string. */
static void
set_string(HistoryRow *row, HistoryColumn column, const char *value)
{
	row->nulls[column] = value == NULL || *value == '\0';
	if (!row->nulls[column])
		row->values[column] = CStringGetTextDatum(value);
}

/* Puts a pointer to a value into a column, or nothing for a null pointer. */
static void
set_pointer(HistoryRow *row, HistoryColumn column, const void *value)
{
	row->nulls[column] = value == NULL;
	row->values[column] = PointerGetDatum(value);
}

/* Puts the address of the client into its column; a socket has none. */
static void
set_client_address(HistoryRow *row)
{
	LOCAL_FCINFO(call, 0);

	InitFunctionCallInfoData(*call, NULL, 0, InvalidOid, NULL, NULL);
	row->values[HISTORY_CLIENT_ADDRESS] = inet_client_addr(call);
	row->nulls[HISTORY_CLIENT_ADDRESS] = call->isnull;
}

/* Puts in what the session has said of the file that it runs. */
static void
set_source(HistoryRow *row)
{
	const char *sha256 = settings_source_sha256();

	set_string(row, HISTORY_SOURCE_FILE, settings_source_file());
	set_string(row, HISTORY_SOURCE_SHA256,
			   sha256 == NULL ? NULL : asc_tolower(sha256, strlen(sha256)));
	set_string(row, HISTORY_REVISION, settings_revision());
}

/* Puts in who does it, when, and from where. */
static void
set_circumstances(HistoryRow *row)
{
	FullTransactionId transaction = GetTopFullTransactionId();

	row->values[HISTORY_HAPPENED_AT] =
		TimestampTzGetDatum(GetCurrentTimestamp());
	set_string(row, HISTORY_ROLE_NAME,
			   GetUserNameFromId(GetUserId(), false));
	set_string(row, HISTORY_SESSION_ROLE_NAME,
			   GetUserNameFromId(GetSessionUserId(), true));
	row->values[HISTORY_TRANSACTION_ID] =
		UInt64GetDatum(U64FromFullTransactionId(transaction));
	set_string(row, HISTORY_APPLICATION_NAME, application_name);
	set_client_address(row);
	set_string(row, HISTORY_OS_USER, settings_os_user());
	set_string(row, HISTORY_HOST, settings_host());
}

/* Adds a row to the open journal and returns its id. */
static int64
add_row(Journal *journal, HistoryEvent event, const Patch *patch,
		const char *role_name, const char *command, const char *job_name)
{
	HistoryRow	row = {0};

	set_string(&row, HISTORY_EVENT, event_names[event]);
	set_pointer(&row, HISTORY_PATCH_NAME, patch->name);
	set_pointer(&row, HISTORY_REQUIRES, patch->requires.array);
	set_pointer(&row, HISTORY_CONFLICTS, patch->conflicts.array);
	set_circumstances(&row);
	if (role_name != NULL)
		set_string(&row, HISTORY_ROLE_NAME, role_name);
	set_source(&row);
	set_string(&row, HISTORY_COMMAND, command);
	set_string(&row, HISTORY_JOB_NAME, job_name);
	return journal_append(journal, row.values, row.nulls);
}

int64
history_add(HistoryEvent event, const Patch *patch, const char *command)
{
	static const Patch no_patch = {0};
	Journal    *journal = journal_open(&history);
	int64		id = add_row(journal, event,
							 patch == NULL ? &no_patch : patch, NULL, command,
							 NULL);

	journal_close(journal);
	return id;
}

void
history_add_adopted(const Patch *patch, const char *applied_by)
{
	Journal    *journal = journal_open(&history);

	(void) add_row(journal, HISTORY_ADOPTED, patch, applied_by, NULL, NULL);
	journal_close(journal);
}

void
history_add_job(HistoryEvent event, const char *patch_name,
				const char *job_name)
{
	Patch		patch = {.name = cstring_to_text(patch_name)};
	Journal    *journal = journal_open(&history);

	(void) add_row(journal, event, &patch, NULL, NULL, job_name);
	journal_close(journal);
}

bool
history_was_written(void)
{
	return journal_was_written(&history);
}
