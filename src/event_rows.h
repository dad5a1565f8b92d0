/*-------------------------------------------------------------------------
 *
 * event_rows.h
 *		What PostgreSQL tells an event trigger of the command.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_EVENT_ROWS_H
#define VERSIONING_EVENT_ROWS_H

#include "catalog/objectaddress.h"
#include "executor/tuptable.h"
#include "utils/tuplestore.h"

typedef struct EventRows
{
	Tuplestorestate *store;
	TupleTableSlot *row;		/* the one that event_rows_next() has read */
} EventRows;

extern EventRows *event_rows_open(Oid function);
extern bool event_rows_next(EventRows *rows);
extern void event_rows_close(EventRows *rows);

/* In both, the first three columns are the address of an object. */
#define EVENT_ROWS_AFTER_ADDRESS 4

extern ObjectAddress event_rows_address(EventRows *rows);
extern Datum event_rows_datum(EventRows *rows, int column);
extern char *event_rows_string(EventRows *rows, int column);

#endif							/* VERSIONING_EVENT_ROWS_H */
