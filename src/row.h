/*-------------------------------------------------------------------------
 *
 * row.h
 *		One row into a table or out of it, without a query.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_ROW_H
#define VERSIONING_ROW_H

#include "executor/tuptable.h"
#include "utils/relcache.h"

/* What goes into a column; never NULL. */
typedef struct RowValue
{
	const char *column;
	Datum		value;
} RowValue;

extern void row_insert(Relation table, const RowValue *values, int count);
extern void row_delete(Relation table, TupleTableSlot *row);

#endif							/* VERSIONING_ROW_H */
