/*-------------------------------------------------------------------------
 *
 * base/sequence.c
 *		The next number of a sequence, unnoticed by the session.
 *
 * nextval() would do, if it did not also set what lastval() returns.  A
 * session that inserts a row, changes a table, and then asks for the number of
 * its row must not be told ours.  setval() leaves lastval() alone, so we look
 * at the sequence and set it, under a lock that keeps out others who do that,
 * and is given back at once: as with nextval(), nobody waits for the end of
 * another one's transaction, and a number that is rolled back leaves a gap.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "base/sequence.h"
#include "commands/sequence.h"
#include "fmgr.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The one row of the sequence. */
static FormData_pg_sequence_data
read_sequence(Oid sequence)
{
	Relation	relation = relation_open(sequence, NoLock);
	Buffer		buffer = ReadBuffer(relation, 0);
	Page		page;
	HeapTupleHeader row;
	FormData_pg_sequence_data data;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	page = BufferGetPage(buffer);
	row = (HeapTupleHeader) PageGetItem(page,
										PageGetItemId(page,
													  FirstOffsetNumber));
	memcpy(&data, (char *) row + row->t_hoff, sizeof(data));
	UnlockReleaseBuffer(buffer);
	relation_close(relation, NoLock);
	return data;
}

int64
sequence_next(Oid sequence, int64 above)
{
	FormData_pg_sequence_data data;
	int64		next;

	LockRelationOid(sequence, ShareUpdateExclusiveLock);
	data = read_sequence(sequence);
	next = data.last_value;
	if (data.is_called || next <= above)
	{
		next = Max(next, above);
		if (next == PG_INT64_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED),
					 errmsg("there is no number after %lld in sequence "
							"_v.%s", (long long) next,
							get_rel_name(sequence)),
					 errhint("A superuser can delete the row that has this "
							 "number, and restart the sequence.")));
		next++;
	}
	DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence),
						Int64GetDatum(next));
	UnlockRelationOid(sequence, ShareUpdateExclusiveLock);
	return next;
}

bool
sequence_was_used(Oid sequence)
{
	FormData_pg_sequence_data data;

	LockRelationOid(sequence, AccessShareLock);
	data = read_sequence(sequence);
	return data.is_called || data.last_value != 1;
}
