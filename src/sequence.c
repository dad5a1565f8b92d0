/*-------------------------------------------------------------------------
 *
 * sequence.c
 *		The next number of a sequence, unnoticed by the session.
 *
 * nextval() would do, if it did not also set what lastval() returns.  A
 * session that inserts a row, changes a table, and then asks for the number of
 * its row must not be told ours.  setval() leaves lastval() alone, so we look
 * at the sequence and set it, under a lock that keeps out who does the same
 * and is given back at once: as with nextval(), nobody waits for the end of
 * another one's transaction, and a number that is rolled back leaves a gap.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "sequence.h"
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"

/* The last number that was given, or 0. */
static int64
last_number(Oid sequence)
{
	Datum		last;

	LOCAL_FCINFO(call, 1);

	InitFunctionCallInfoData(*call, NULL, 1, InvalidOid, NULL, NULL);
	call->args[0].value = ObjectIdGetDatum(sequence);
	call->args[0].isnull = false;
	last = pg_sequence_last_value(call);
	return call->isnull ? 0 : DatumGetInt64(last);
}

/*
 * The next number of the sequence, which is to go up by one.  The current user
 * must own it.  Raises 22003 if there are no more, and what setval() raises.
 */
int64
sequence_next(Oid sequence)
{
	int64		next;

	LockRelationOid(sequence, ShareUpdateExclusiveLock);
	next = last_number(sequence) + 1;
	DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence),
						Int64GetDatum(next));
	UnlockRelationOid(sequence, ShareUpdateExclusiveLock);
	return next;
}
