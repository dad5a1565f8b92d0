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

extern void row_insert(Relation table, const AttrNumber *columns,
					   const Datum *values, int count);
extern void row_delete(Relation table, TupleTableSlot *row);

/* Row after row into a table that only we write. */
typedef struct RowWriter RowWriter;

extern RowWriter *row_writer_open(Relation table);
extern void row_writer_append(RowWriter *writer, const AttrNumber *columns,
							  const Datum *values, const bool *nulls,
							  int count);
extern void row_writer_close(RowWriter *writer);

#endif							/* BASE_ROW_H */
