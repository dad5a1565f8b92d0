/*-------------------------------------------------------------------------
 *
 * base/journal_check.h
 *		Is a journal as it was installed, so that no one's code is run by
 *		writing to it?
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_JOURNAL_CHECK_H
#define BASE_JOURNAL_CHECK_H

#include "base/columns.h"

/*
 * Takes a journal, open and locked in ROW EXCLUSIVE mode at least, and the
 * columns that it was installed with.  Raises 42809 if it is not an ordinary
 * table, and 55000, with what was added in the DETAIL, if it has another
 * column, a default, a check constraint, or an index that calls functions
 * other than PostgreSQL's own.  Evaluates nothing of the table.
 */
extern void journal_check(Relation table,
						  const ColumnDefinition *definitions, int count);

/*
 * Statements that put the index of this name, in the schema _v, into the state
 * that it was installed in, or take away what was not installed: for hints.
 */
extern const char *journal_check_repair(const char *index);

#endif							/* BASE_JOURNAL_CHECK_H */
