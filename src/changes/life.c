/*-------------------------------------------------------------------------
 *
 * changes/life.c
 *		The lives of objects, as _v.changes has recorded them so far.
 *
 * The rows that have the same first_id are the life of one object, from the
 * first change of it that was recorded to the last.  A change belongs to the
 * life whose latest row has the object's type and identity, unless that row
 * says that the object was dropped.  (If it was dropped to be restored in the
 * same transaction, its life goes on.)  So no OID is needed, which would be
 * another one after a restore.
 *
 * Identities may be longer than what fits into an index, so that it is their
 * hash that is indexed, with the id.  The table and its indexes are its
 * owner's to alter: that an index is what it is taken for is looked at before
 * it is used, and what it finds is compared.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/journal_check.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "changes/life.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

struct LifeSearch
{
	LifeColumns columns;
	IndexScanDesc by_identity;	/* on its hash and the id */
	IndexScanDesc by_life;		/* on first_id and the id */
	TupleTableSlot *row;
};

/* Are these two bigint columns what the index is on, in all rows? */
static bool
is_usable(Relation table, Relation index)
{
	return index->rd_index->indrelid == RelationGetRelid(table) &&
		index->rd_rel->relam == BTREE_AM_OID &&
		index->rd_index->indisvalid &&
		index->rd_index->indnkeyatts == 2 &&
		index->rd_opfamily[0] == INTEGER_BTREE_FAM_OID &&
		index->rd_opfamily[1] == INTEGER_BTREE_FAM_OID &&
		index->rd_opcintype[0] == INT8OID &&
		index->rd_opcintype[1] == INT8OID &&
		(index->rd_indoption[0] & INDOPTION_DESC) == 0 &&
		(index->rd_indoption[1] & INDOPTION_DESC) == 0 &&
		RelationGetIndexPredicate(index) == NIL;
}

/* Begins a scan of the index.  Raises 55000 if it cannot be used. */
static IndexScanDesc
begin_scan(Relation table, const char *name)
{
	Oid			oid = get_relname_relid(name, RelationGetNamespace(table));
	Relation	index = NULL;

	if (OidIsValid(oid) && get_rel_relkind(oid) == RELKIND_INDEX)
		index = index_open(oid, AccessShareLock);
	if (index == NULL || !is_usable(table, index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("index _v.%s is not what it was installed as",
						name),
				 errhint("%s", journal_check_repair(name))));
	return compat_index_beginscan(table, index, SnapshotSelf, 1);
}

static void
end_scan(IndexScanDesc scan)
{
	Relation	index = scan->indexRelation;

	index_endscan(scan);
	index_close(index, NoLock);
}

LifeSearch *
changes_life_open(Relation table, LifeColumns columns)
{
	LifeSearch *search = palloc(sizeof(LifeSearch));

	search->columns = columns;
	search->by_identity = begin_scan(table, "changes_identity_idx");
	search->by_life = begin_scan(table, "changes_first_id_idx");
	search->row = table_slot_create(table, NULL);
	return search;
}

void
changes_life_close(LifeSearch *search)
{
	ExecDropSingleTupleTableSlot(search->row);
	end_scan(search->by_life);
	end_scan(search->by_identity);
	pfree(search);
}

/* Starts over with another key. */
static void
rescan(IndexScanDesc scan, int64 value)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(value));
	index_rescan(scan, &key, 1, NULL, 0);
}

/* Reads the row of the greatest id that is left. */
static bool
read_latest(LifeSearch *search, IndexScanDesc scan)
{
	return index_getnext_slot(scan, BackwardScanDirection, search->row);
}

/* A bigint column of the row. */
static int64
number(LifeSearch *search, AttrNumber column)
{
	bool		isnull;
	Datum		value = slot_getattr(search->row, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

/* Has a text column of the row this value? */
static bool
is(LifeSearch *search, AttrNumber column, const char *expected)
{
	bool		isnull;
	Datum		value = slot_getattr(search->row, column, &isnull);

	return !isnull && strcmp(TextDatumGetCString(value), expected) == 0;
}

/* The first_id of the latest row of this type and identity, and its id. */
static int64
find_latest(LifeSearch *search, const char *object_type,
			const char *identity, int64 *id)
{
	Datum		hash;

	hash = DirectFunctionCall2Coll(hashtextextended, C_COLLATION_OID,
								   CStringGetTextDatum(identity),
								   Int64GetDatum(0));
	rescan(search->by_identity, DatumGetInt64(hash));
	while (read_latest(search, search->by_identity))
		if (is(search, search->columns.identity, identity) &&
			is(search, search->columns.object_type, object_type))
		{
			*id = number(search, search->columns.id);
			return number(search, search->columns.first_id);
		}
	return 0;
}

/*
 * The first_id of the life whose latest row, which is read, has this type and
 * identity; or 0.
 */
static int64
find_named(LifeSearch *search, const char *object_type, const char *identity)
{
	int64		id;
	int64		life = find_latest(search, object_type, identity, &id);

	if (life == 0)
		return 0;
	rescan(search->by_life, life);
	return read_latest(search, search->by_life) &&
		number(search, search->columns.id) == id ? life : 0;
}

int64
changes_life_find(LifeSearch *search, const char *object_type,
				  const char *identity)
{
	int64		life = find_named(search, object_type, identity);

	return life != 0 && !is(search, search->columns.action, "dropped") ?
		life : 0;
}

int64
changes_life_find_ended(LifeSearch *search, const char *object_type,
						const char *identity)
{
	int64		life = find_named(search, object_type, identity);
	uint64		transaction =
		U64FromFullTransactionId(GetTopFullTransactionId());

	return life != 0 && is(search, search->columns.action, "dropped") &&
		(uint64) number(search, search->columns.transaction_id) ==
		transaction ? life : 0;
}

int64
changes_life_first(LifeSearch *search, int64 life)
{
	rescan(search->by_life, life);
	return index_getnext_slot(search->by_life, ForwardScanDirection,
							  search->row) ?
		number(search, search->columns.id) : 0;
}
