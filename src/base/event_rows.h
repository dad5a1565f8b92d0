/*-------------------------------------------------------------------------
 *
 * base/event_rows.h
 *		What PostgreSQL tells an event trigger of the command.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_EVENT_ROWS_H
#define BASE_EVENT_ROWS_H

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

/* The columns of pg_event_trigger_ddl_commands(), after the address */
typedef enum CommandColumn
{
	COMMAND_TAG = EVENT_ROWS_AFTER_ADDRESS,
	COMMAND_OBJECT_TYPE,
	COMMAND_SCHEMA_NAME,
	COMMAND_OBJECT_IDENTITY,
	COMMAND_IN_EXTENSION,
	COMMAND_COMMAND
} CommandColumn;

extern ObjectAddress event_rows_address(EventRows *rows);
extern Datum event_rows_datum(EventRows *rows, int column);
extern char *event_rows_string(EventRows *rows, int column);

#endif							/* BASE_EVENT_ROWS_H */
