/*-------------------------------------------------------------------------
 *
 * base/journal.c
 *		A table that only we write, a row after the other.
 *
 * Its rows are written whoever has called us: nobody needs a privilege to be
 * written about, not even USAGE on the schema.  Row-level security is not
 * asked, and triggers and rules are passed over: they could keep rows away.
 * No code that somebody has put on the table is run, under anybody's rights:
 * see base/journal_check.c.
 *
 * The ids come from the sequence of the identity column, which the dump of a
 * database leaves out, and which logical replication does not set.  So what is
 * in the table counts as well: the next id is greater than all that are there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "base/compat.h"
#include "base/journal.h"
#include "base/journal_check.h"
#include "base/row.h"
#include "base/sequence.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* _v.history, _v.attempts and _v.changes */
#define JOURNALS 3

/*
 * The tables that were found as they were installed, with the sequences of
 * their ids: each write would take a sixth longer if it looked again.  A table
 * is forgotten when it or an index of it is altered, which the relation cache
 * tells us before we have locked the table.
 */
static struct
{
	Oid			table;			/* InvalidOid: the place is free */
	Oid			sequence;
}			installed[JOURNALS];

struct Journal
{
	const JournalDefinition *definition;
	Relation	table;
	Oid			sequence;		/* of the ids */
	int64		greatest_id;	/* in the table, when it was opened */
	RowWriter  *writer;			/* NULL until there is a row */
	bool		has_snapshot;	/* pushed by journal_open() */
	AttrNumber	columns[FLEXIBLE_ARRAY_MEMBER];
};

/* Raises 42P01. */
static void
report_missing(const JournalDefinition *definition)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("table _v.%s does not exist", definition->table),
			 errhint("It must be there, as CREATE EXTENSION made it.")));
}

/*
 * Opens the table, which is looked for by its name alone, so that the caller
 * needs no USAGE on the schema.
 */
static Relation
open_table(const JournalDefinition *definition)
{
	Oid			schema = get_namespace_oid("_v", true);
	Oid			relid = InvalidOid;
	Relation	table = NULL;

	if (OidIsValid(schema))
		relid = get_relname_relid(definition->table, schema);
	if (OidIsValid(relid))
		table = try_relation_open(relid, RowExclusiveLock);
	if (table == NULL)
		report_missing(definition);
	return table;
}

/* The sequence of the ids.  Raises 55000 if the column has none. */
static Oid
find_sequence(const Journal *journal)
{
	Oid			sequence = compat_identity_sequence(journal->table,
													journal->columns[0]);

	if (!OidIsValid(sequence))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" of table _v.%s "
						"is not an identity column",
						journal->definition->columns[0].name,
						journal->definition->table)));
	return sequence;
}

/*
 * The greatest id in the table, in rows that are gone or not committed yet,
 * too; 0 if there is none.  Raises 55000 if the id is not the primary key.
 */
static int64
find_greatest_id(const Journal *journal)
{
	Oid			oid = compat_primary_key_index(journal->table);
	Relation	index = OidIsValid(oid) ? index_open(oid, AccessShareLock) :
		NULL;
	TupleTableSlot *row;
	IndexScanDesc scan;
	int64		greatest = 0;
	bool		isnull;

	if (index == NULL ||
		index->rd_index->indkey.values[0] != journal->columns[0])
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table _v.%s has no primary key on %s",
						journal->definition->table,
						journal->definition->columns[0].name)));
	row = table_slot_create(journal->table, NULL);
	scan = compat_index_beginscan(journal->table, index, SnapshotAny, 0);
	index_rescan(scan, NULL, 0, NULL, 0);
	if (index_getnext_slot(scan, BackwardScanDirection, row))
		greatest = DatumGetInt64(slot_getattr(row, journal->columns[0],
											  &isnull));
	index_endscan(scan);
	index_close(index, NoLock);
	ExecDropSingleTupleTableSlot(row);
	return greatest;
}

/* Called when a table is altered; InvalidOid stands for all of them. */
static void
forget_installed(Datum arg pg_attribute_unused(), Oid table)
{
	for (int i = 0; i < JOURNALS; i++)
		if (!OidIsValid(table) || installed[i].table == table)
			installed[i].table = InvalidOid;
}

/* Remembers that the table is as it was installed, if there is a place. */
static void
remember_installed(Oid table, Oid sequence)
{
	static bool listens = false;

	if (!listens)
		CacheRegisterRelcacheCallback(forget_installed, (Datum) 0);
	listens = true;
	for (int i = 0; i < JOURNALS; i++)
		if (!OidIsValid(installed[i].table))
		{
			installed[i].table = table;
			installed[i].sequence = sequence;
			return;
		}
}

/*
 * The sequence of the ids, of a table that runs nobody's code when it is
 * written to.  Raises what journal_check() and find_sequence() raise.
 */
static Oid
check_installed(const Journal *journal)
{
	Oid			table = RelationGetRelid(journal->table);
	Oid			sequence;

	for (int i = 0; i < JOURNALS; i++)
		if (installed[i].table == table)
			return installed[i].sequence;
	journal_check(journal->table, journal->definition->columns,
				  journal->definition->count);
	sequence = find_sequence(journal);
	remember_installed(table, sequence);
	return sequence;
}

Journal *
journal_open(const JournalDefinition *definition)
{
	Journal    *journal;

	PreventCommandIfReadOnly("INSERT");
	journal = palloc0(offsetof(Journal, columns) +
					  definition->count * sizeof(AttrNumber));
	journal->definition = definition;
	journal->table = open_table(definition);
	columns_find(journal->table, definition->columns, definition->count,
				 journal->columns);
	journal->sequence = check_installed(journal);
	journal->greatest_id = find_greatest_id(journal);

	/* A command that commits on its way has none when it ends. */
	journal->has_snapshot = !ActiveSnapshotSet();
	if (journal->has_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
	return journal;
}

void
journal_close(Journal *journal)
{
	if (journal->writer != NULL)
		row_writer_close(journal->writer);
	if (journal->has_snapshot)
		PopActiveSnapshot();
	table_close(journal->table, NoLock);
	pfree(journal);
}

Relation
journal_table(const Journal *journal)
{
	return journal->table;
}

AttrNumber
journal_column(const Journal *journal, int column)
{
	return journal->columns[column];
}

/*
 * The number is set as the owner of the sequence, under restrictions; no
 * user's code runs in it.  (An error makes us again who we were.)
 */
int64
journal_next_id(Journal *journal)
{
	Oid			user;
	int			context;
	int64		id;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(journal->table->rd_rel->relowner,
						   context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	id = sequence_next(journal->sequence, journal->greatest_id);
	SetUserIdAndSecContext(user, context);
	return id;
}

/* Error context of a row: says where it was to be written. */
static void
append_error_callback(void *arg)
{
	const Journal *journal = arg;

	if (geterrcode() == ERRCODE_UNIQUE_VIOLATION)
		errhint("Logical replication or a restore may be writing to the "
				"table.  When that has finished, try again.");
	errcontext("writing to _v.%s", journal->definition->table);
}

void
journal_append_numbered(Journal *journal, Datum *values, const bool *nulls)
{
	ErrorContextCallback callback;

	callback.callback = append_error_callback;
	callback.arg = journal;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (journal->writer == NULL)
		journal->writer = row_writer_open(journal->table);
	row_writer_append(journal->writer, journal->columns, values, nulls,
					  journal->definition->count);
	error_context_stack = callback.previous;
}

int64
journal_append(Journal *journal, Datum *values, const bool *nulls)
{
	int64		id = journal_next_id(journal);

	values[0] = Int64GetDatum(id);
	journal_append_numbered(journal, values, nulls);
	return id;
}

bool
journal_was_written(const JournalDefinition *definition)
{
	Relation	table = open_table(definition);
	AttrNumber	id = get_attnum(RelationGetRelid(table),
								definition->columns[0].name);
	Oid			sequence = id == InvalidAttrNumber ? InvalidOid :
		compat_identity_sequence(table, id);

	table_close(table, NoLock);
	return !OidIsValid(sequence) || sequence_was_used(sequence);
}
