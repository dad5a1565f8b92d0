/*-------------------------------------------------------------------------
 *
 * journal.c
 *		A table that only we write, a row after the other.
 *
 * Its rows are written as its owner, whoever has called us: nobody needs a
 * privilege to be written about, not even USAGE on the schema, and nobody but
 * the owner has one to write by hand.  Row-level security is not asked, and
 * triggers and rules are passed over: they could keep rows away, or do as the
 * owner what others have put into them.  What the owner of the table may have
 * added to it (constraints, indexes on expressions, defaults) is run as that
 * role, under the same restrictions as in an index build.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "compat.h"
#include "journal.h"
#include "miscadmin.h"
#include "row.h"
#include "sequence.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

struct Journal
{
	const JournalDefinition *definition;
	Relation	table;
	Oid			sequence;		/* of the ids */
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
			 errhint("It is needed as CREATE EXTENSION has made it.")));
}

/*
 * Opens the table, which is looked for by its name alone, so that who calls
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
	if (table->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("_v.%s is not an ordinary table",
						definition->table)));
	return table;
}

/*
 * Opens a journal for writing; the table is locked in ROW EXCLUSIVE mode until
 * the transaction ends.
 *
 * Raises 25006 in a read-only transaction and on a standby, 42P01 without the
 * table, and 42809, 42703, 42804 or 55000 if it was altered so that it is not
 * the journal any more.  The result lives in the current memory context until
 * journal_close().
 */
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
	journal->sequence = compat_identity_sequence(journal->table,
												 journal->columns[0]);
	if (!OidIsValid(journal->sequence))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" of table _v.%s "
						"is not an identity column",
						definition->columns[0].name, definition->table)));

	/* A command that commits on its way has none when it ends. */
	journal->has_snapshot = !ActiveSnapshotSet();
	if (journal->has_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
	return journal;
}

/* Gives back all that the journal held, but for the lock. */
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

/* The open table. */
Relation
journal_table(const Journal *journal)
{
	return journal->table;
}

/* The number that a column of the definition has in the table. */
AttrNumber
journal_column(const Journal *journal, int column)
{
	return journal->columns[column];
}

/*
 * From here on we are the owner of the table, under restrictions.  Who we were
 * goes to *user and *context.  (An error makes us that again.)
 */
static void
become_owner(const Journal *journal, Oid *user, int *context)
{
	GetUserIdAndSecContext(user, context);
	SetUserIdAndSecContext(journal->table->rd_rel->relowner,
						   *context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
}

/* The id for the next row.  Raises 22003 if there are no more. */
int64
journal_next_id(Journal *journal)
{
	Oid			user;
	int			context;
	int64		id;

	become_owner(journal, &user, &context);
	id = sequence_next(journal->sequence);
	SetUserIdAndSecContext(user, context);
	return id;
}

/* Error context of journal_append(): says where it was to be written. */
static void
append_error_callback(void *arg)
{
	const Journal *journal = arg;

	errcontext("writing to _v.%s", journal->definition->table);
}

/*
 * Appends a row whose id, from journal_next_id(), is values[0] already.  The
 * values are in the order of the definition; nulls says which are NULL.
 * Raises what INSERT raises for a constraint, or for an index.
 */
void
journal_append_numbered(Journal *journal, Datum *values, const bool *nulls)
{
	ErrorContextCallback callback;
	Oid			user;
	int			context;

	callback.callback = append_error_callback;
	callback.arg = journal;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	become_owner(journal, &user, &context);
	if (journal->writer == NULL)
		journal->writer = row_writer_open(journal->table);
	row_writer_append(journal->writer, journal->columns, values, nulls,
					  journal->definition->count);
	SetUserIdAndSecContext(user, context);
	error_context_stack = callback.previous;
}

/*
 * Appends a row and returns its id, which is put into values[0].  Raises what
 * the two above raise.
 */
int64
journal_append(Journal *journal, Datum *values, const bool *nulls)
{
	int64		id = journal_next_id(journal);

	values[0] = Int64GetDatum(id);
	journal_append_numbered(journal, values, nulls);
	return id;
}
