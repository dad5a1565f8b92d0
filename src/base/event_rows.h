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

/*
 * Calls one of the two functions, by its OID.  The result lives in the current
 * memory context until event_rows_close().  Raises what the function raises,
 * which is 39P03 outside its event.
 */
extern EventRows *event_rows_open(Oid function);

/* Reads the next row; returns false if there is none. */
extern bool event_rows_next(EventRows *rows);

/* Frees the rows.  What was read as a string stays. */
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

/* The object that the row is about. */
extern ObjectAddress event_rows_address(EventRows *rows);

/* A column of the row, counted from 1; 0 if it is NULL. */
extern Datum event_rows_datum(EventRows *rows, int column);

/* The same for a text, as a copy in the current context; NULL if it is. */
extern char *event_rows_string(EventRows *rows, int column);

#endif							/* BASE_EVENT_ROWS_H */
