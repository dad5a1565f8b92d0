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

#include "access/htup_details.h"
#include "access/relation.h"
#include "commands/sequence.h"
#include "fmgr.h"
#include "sequence.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"

/*
 * The number that is next, from the one row of the sequence.  A sequence that
 * was just made, or restarted, has not given the number yet that it shows.
 */
static int64
next_number(Oid sequence)
{
	Relation	relation = relation_open(sequence, NoLock);
	Buffer		buffer = ReadBuffer(relation, 0);
	Page		page;
	HeapTupleHeader row;
	Form_pg_sequence_data data;
	int64		next;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	page = BufferGetPage(buffer);
	row = (HeapTupleHeader) PageGetItem(page,
										PageGetItemId(page,
													  FirstOffsetNumber));
	data = (Form_pg_sequence_data) ((char *) row + row->t_hoff);
	next = data->last_value + (data->is_called ? 1 : 0);
	UnlockReleaseBuffer(buffer);
	relation_close(relation, NoLock);
	return next;
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
	next = next_number(sequence);
	DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence),
						Int64GetDatum(next));
	UnlockRelationOid(sequence, ShareUpdateExclusiveLock);
	return next;
}
