/*-------------------------------------------------------------------------
 *
 * base/row.h
 *		One row into a table or out of it, without a query.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_ROW_H
#define BASE_ROW_H

#include "access/attnum.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"

/*
 * Inserts a row with these values, none of them NULL, in these columns; other
 * columns get their defaults.  Raises what INSERT raises, and 0A000 for what
 * only a query can respect.
 */
extern void row_insert(Relation table, const AttrNumber *columns,
					   const Datum *values, int count);

/*
 * Deletes the row, which must be one that the caller has just read from the
 * table.  Raises what DELETE raises, and 0A000 for what only a query can
 * respect.
 */
extern void row_delete(Relation table, TupleTableSlot *row);

/* Row after row into a table that only we write. */
typedef struct RowWriter RowWriter;

/*
 * Gets ready to append rows to a table that only we write: no trigger and no
 * rule of anybody's has a say in it.  The result lives in the current memory
 * context until row_writer_close().
 */
extern RowWriter *row_writer_open(Relation table);

/*
 * Appends a row: what row_insert() does, and NULL where nulls says so.
 * Constraints and indexes do what they always do.  Raises what INSERT raises.
 */
extern void row_writer_append(RowWriter *writer, const AttrNumber *columns,
							  const Datum *values, const bool *nulls,
							  int count);

/* Makes the rows visible to what comes next, and frees the writer. */
extern void row_writer_close(RowWriter *writer);

#endif							/* BASE_ROW_H */
