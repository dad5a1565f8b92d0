/*-------------------------------------------------------------------------
 *
 * base/journal.h
 *		A table that only we write, a row after the other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_JOURNAL_H
#define BASE_JOURNAL_H

#include "base/columns.h"

/* A journal, as the install script defines it. */
typedef struct JournalDefinition
{
	const char *table;			/* its name, in the schema _v */
	const ColumnDefinition *columns;	/* the first one is id bigint GENERATED
										 * ALWAYS AS IDENTITY PRIMARY KEY */
	int			count;			/* of them */
} JournalDefinition;

typedef struct Journal Journal;

/*
 * Opens a journal for writing; the table is locked in ROW EXCLUSIVE mode until
 * the transaction ends.  The result lives in the current memory context until
 * journal_close(), which gives back all but the lock.
 *
 * Raises 25006 in a read-only transaction and on a standby, 42P01 without the
 * table, 42703 or 42804 if a column is missing or of another type, 55000 if
 * its id has no identity or is not the primary key, and what journal_check()
 * raises.
 */
extern Journal *journal_open(const JournalDefinition *definition);

/* Makes the rows visible to what comes next, and frees the journal. */
extern void journal_close(Journal *journal);

/*
 * The id for the next row: greater than those that are there.  Raises 2200H if
 * there are no more.
 */
extern int64 journal_next_id(Journal *journal);

/*
 * Appends a row.  The values are in the order of the definition; nulls says
 * which are NULL.  values[0] is an id from journal_next_id().  Raises what
 * INSERT raises; 23505 if somebody has taken the id meanwhile.
 */
extern void journal_append_numbered(Journal *journal, Datum *values,
									const bool *nulls);

/* The same, with the next id as values[0].  Returns it. */
extern int64 journal_append(Journal *journal, Datum *values,
							const bool *nulls);

/* The open table. */
extern Relation journal_table(const Journal *journal);

/* The number that a column of the definition has in the table. */
extern AttrNumber journal_column(const Journal *journal, int column);

/*
 * Has the extension written to the journal since it was installed here?  Rows
 * that a restore has brought do not count, nor does a transaction that was
 * rolled back count for less than one that was committed.  Locks and raises
 * what opening it does.
 */
extern bool journal_was_written(const JournalDefinition *definition);

#endif							/* BASE_JOURNAL_H */
