/*-------------------------------------------------------------------------
 *
 * base/event_rows.c
 *		What PostgreSQL tells an event trigger of the command.
 *
 * pg_event_trigger_ddl_commands() and pg_event_trigger_dropped_objects() tell
 * it as rows.  They are called here as the executor calls them, but without a
 * query around: nothing is planned, nothing is looked up in anybody's
 * search_path, and no privilege is asked for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/event_rows.h"
#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"

EventRows *
event_rows_open(Oid function)
{
	EventRows  *rows = palloc(sizeof(EventRows));
	ReturnSetInfo *result = makeNode(ReturnSetInfo);
	FmgrInfo	info;
	LOCAL_FCINFO(call, 0);

	result->econtext = makeNode(ExprContext);
	result->econtext->ecxt_per_query_memory = CurrentMemoryContext;
	result->econtext->ecxt_per_tuple_memory = CurrentMemoryContext;
	result->allowedModes = SFRM_Materialize;
	result->returnMode = SFRM_ValuePerCall;

	fmgr_info(function, &info);
	InitFunctionCallInfoData(*call, &info, 0, InvalidOid, NULL,
							 (Node *) result);
	FunctionCallInvoke(call);

	rows->store = result->setResult;
	rows->row = MakeSingleTupleTableSlot(result->setDesc,
										 &TTSOpsMinimalTuple);
	return rows;
}

bool
event_rows_next(EventRows *rows)
{
	return tuplestore_gettupleslot(rows->store, true, false, rows->row);
}

void
event_rows_close(EventRows *rows)
{
	ExecDropSingleTupleTableSlot(rows->row);
	tuplestore_end(rows->store);
	pfree(rows);
}

Datum
event_rows_datum(EventRows *rows, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(rows->row, column, &isnull);

	return isnull ? (Datum) 0 : value;
}

char *
event_rows_string(EventRows *rows, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(rows->row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

ObjectAddress
event_rows_address(EventRows *rows)
{
	ObjectAddress address;

	ObjectAddressSubSet(address,
						DatumGetObjectId(event_rows_datum(rows, 1)),
						DatumGetObjectId(event_rows_datum(rows, 2)),
						DatumGetInt32(event_rows_datum(rows, 3)));
	return address;
}
