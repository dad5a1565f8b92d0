/*-------------------------------------------------------------------------
 *
 * base/compat.h
 *		The differences between PostgreSQL 14 to 19 that the extension meets.
 *
 * One function for each thing that the releases spell differently, so that no
 * other file asks for a version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_COMPAT_H
#define BASE_COMPAT_H

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#if PG_VERSION_NUM >= 150000
#include "catalog/pg_publication_namespace.h"
#endif
#include "catalog/pg_publication_rel.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "nodes/tidbitmap.h"
#include "parser/parse_relation.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* The primary key, if it is not deferrable. */
static inline Oid
compat_primary_key_index(Relation table)
{
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(table, false);
#else
	return RelationGetPrimaryKeyIndex(table);
#endif
}

/* Is it ALTER SUBSCRIPTION ... REFRESH, PUBLICATION or SEQUENCES? */
static inline bool
compat_refreshes_subscription(AlterSubscriptionType kind)
{
#if PG_VERSION_NUM >= 190000
	return kind == ALTER_SUBSCRIPTION_REFRESH_PUBLICATION ||
		kind == ALTER_SUBSCRIPTION_REFRESH_SEQUENCES;
#else
	return kind == ALTER_SUBSCRIPTION_REFRESH;
#endif
}

/* What the hook after the analysis of a query is told of its jumbling. */
#if PG_VERSION_NUM >= 190000
typedef const struct JumbleState CompatJumbleState;
#else
typedef struct JumbleState CompatJumbleState;
#endif

/* A scan of all of a table. */
static inline TableScanDesc
compat_table_beginscan(Relation table, Snapshot snapshot)
{
#if PG_VERSION_NUM >= 190000
	return table_beginscan(table, snapshot, 0, NULL, SO_NONE);
#else
	return table_beginscan(table, snapshot, 0, NULL);
#endif
}

/* A scan of a table through its index, with so many keys. */
static inline IndexScanDesc
compat_index_beginscan(Relation table, Relation index, Snapshot snapshot,
					   int keys)
{
#if PG_VERSION_NUM >= 190000
	return index_beginscan(table, index, snapshot, NULL, keys, 0, SO_NONE);
#elif PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, keys, 0);
#else
	return index_beginscan(table, index, snapshot, keys, 0);
#endif
}

/* A scan of an index for a bitmap, with one key. */
static inline IndexScanDesc
compat_index_beginscan_bitmap(Relation index, Snapshot snapshot)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan_bitmap(index, snapshot, NULL, 1);
#else
	return index_beginscan_bitmap(index, snapshot, 1);
#endif
}

/* What fetches the rows of a table that an index has led to. */
static inline IndexFetchTableData *
compat_index_fetch_begin(Relation table)
{
#if PG_VERSION_NUM >= 190000
	return table_index_fetch_begin(table, SO_NONE);
#else
	return table_index_fetch_begin(table);
#endif
}

/* A walk through the pages of a bitmap that is private to its backend. */
#if PG_VERSION_NUM >= 180000
typedef TBMPrivateIterator CompatBitmapIterator;
#else
typedef TBMIterator CompatBitmapIterator;
#endif

static inline CompatBitmapIterator *
compat_bitmap_begin(TIDBitmap *bitmap)
{
#if PG_VERSION_NUM >= 180000
	return tbm_begin_private_iterate(bitmap);
#else
	return tbm_begin_iterate(bitmap);
#endif
}

static inline void
compat_bitmap_end(CompatBitmapIterator *iterator)
{
#if PG_VERSION_NUM >= 180000
	tbm_end_private_iterate(iterator);
#else
	tbm_end_iterate(iterator);
#endif
}

/*
 * The next page of the bitmap: its number goes to *block, the tuples on it
 * that may match go to offsets[], which has room for MaxHeapTuplesPerPage.
 * Returns how many those are, or -1 when there is no further page.
 */
static inline int
compat_bitmap_next(CompatBitmapIterator *iterator, BlockNumber *block,
				   OffsetNumber *offsets)
{
	bool		lossy;
	int			count = 0;

#if PG_VERSION_NUM >= 180000
	TBMIterateResult page;

	if (!tbm_private_iterate(iterator, &page))
		return -1;
	*block = page.blockno;
	lossy = page.lossy;
	if (!lossy)
		count = tbm_extract_page_tuple(&page, offsets, MaxHeapTuplesPerPage);
#else
	TBMIterateResult *page = tbm_iterate(iterator);

	if (page == NULL)
		return -1;
	*block = page->blockno;
	lossy = page->ntuples < 0;
	if (!lossy)
	{
		count = page->ntuples;
		memcpy(offsets, page->offsets, count * sizeof(OffsetNumber));
	}
#endif

	/* A page of which the bitmap forgot the tuples: any may match. */
	if (lossy)
		while (count < MaxHeapTuplesPerPage)
		{
			offsets[count] = FirstOffsetNumber + count;
			count++;
		}
	return count;
}

/* Do we hold the lock, in this mode? */
static inline bool
compat_lock_held_by_me(const LOCKTAG *tag, LOCKMODE mode)
{
#if PG_VERSION_NUM >= 170000
	return LockHeldByMe(tag, mode, false);
#else
	return LockHeldByMe(tag, mode);
#endif
}

/* Is the relation the role's, or a role's that it has the privileges of? */
static inline bool
compat_owns_relation(Oid relation, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relation, role);
#else
	return pg_class_ownercheck(relation, role);
#endif
}

/* May the one role act as the other one, with SET ROLE? */
static inline bool
compat_can_set_role(Oid member, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return member_can_set_role(member, role);
#else
	return is_member_of_role(member, role);
#endif
}

/* The sequence of an identity column. */
static inline Oid
compat_identity_sequence(Relation table, AttrNumber column)
{
#if PG_VERSION_NUM >= 170000
	return getIdentitySequence(table, column, true);
#else
	return getIdentitySequence(RelationGetRelid(table), column, true);
#endif
}

/* Only what is defined may be set by a name that begins like this. */
static inline void
compat_reserve_prefix(const char *prefix)
{
#if PG_VERSION_NUM >= 150000
	MarkGUCPrefixReserved(prefix);
#else
	EmitWarningsOnPlaceholders(prefix);
#endif
}

/* The publication that has this as a part, or InvalidOid. */
static inline Oid
compat_publication_of(const ObjectAddress *object)
{
	Oid			publication = InvalidOid;
	HeapTuple	row;

	if (object->classId == PublicationRelRelationId)
	{
		row = SearchSysCache1(PUBLICATIONREL,
							  ObjectIdGetDatum(object->objectId));
		if (HeapTupleIsValid(row))
		{
			publication = ((Form_pg_publication_rel) GETSTRUCT(row))->prpubid;
			ReleaseSysCache(row);
		}
	}
#if PG_VERSION_NUM >= 150000
	if (object->classId == PublicationNamespaceRelationId)
	{
		row = SearchSysCache1(PUBLICATIONNAMESPACE,
							  ObjectIdGetDatum(object->objectId));
		if (HeapTupleIsValid(row))
		{
			publication =
				((Form_pg_publication_namespace) GETSTRUCT(row))->pnpubid;
			ReleaseSysCache(row);
		}
	}
#endif
	return publication;
}

/* Does this part of an ALTER TABLE add a column? */
static inline bool
compat_adds_column(AlterTableType part)
{
#if PG_VERSION_NUM < 160000
	if (part == AT_AddColumnRecurse)
		return true;
#endif
	return part == AT_AddColumn || part == AT_AddColumnToView;
}

/* Does this part of an ALTER TABLE drop a column? */
static inline bool
compat_drops_column(AlterTableType part)
{
#if PG_VERSION_NUM < 160000
	if (part == AT_DropColumnRecurse)
		return true;
#endif
	return part == AT_DropColumn;
}

/* Does this part of an ALTER TABLE add a constraint? */
static inline bool
compat_adds_constraint(AlterTableType part)
{
#if PG_VERSION_NUM < 160000
	if (part == AT_AddConstraintRecurse)
		return true;
#endif
	return part == AT_AddConstraint || part == AT_AddIndexConstraint;
}

/* Is the column of this number NOT NULL, for all rows? */
static inline bool
compat_is_not_null(TupleDesc columns, AttrNumber number)
{
#if PG_VERSION_NUM >= 180000
	return TupleDescCompactAttr(columns, number - 1)->attnullability ==
		ATTNULLABLE_VALID;
#else
	return TupleDescAttr(columns, number - 1)->attnotnull;
#endif
}

/* To be called when the columns of a descriptor of ours are all there. */
static inline void
compat_finish_descriptor(TupleDesc columns pg_attribute_unused())
{
#if PG_VERSION_NUM >= 190000
	TupleDescFinalize(columns);
#endif
}

/* Makes the table the first and only entry of the range table. */
static inline void
compat_init_range_table(EState *estate, Relation table)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);
	List	   *range_table = list_make1(entry);
#if PG_VERSION_NUM >= 160000
	List	   *permissions = NIL;
#endif

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(table);
	entry->relkind = table->rd_rel->relkind;
	entry->rellockmode = ExclusiveLock;

#if PG_VERSION_NUM >= 180000
	addRTEPermissionInfo(&permissions, entry);
	ExecInitRangeTable(estate, range_table, permissions,
					   bms_make_singleton(1));
#elif PG_VERSION_NUM >= 160000
	addRTEPermissionInfo(&permissions, entry);
	ExecInitRangeTable(estate, range_table, permissions);
#else
	ExecInitRangeTable(estate, range_table);
#endif
}

/* Deletes the row that was read into the slot. */
static inline void
compat_delete(EState *estate, ResultRelInfo *target, TupleTableSlot *row)
{
	EPQState	epq;

#if PG_VERSION_NUM >= 160000
	EvalPlanQualInit(&epq, estate, NULL, NIL, -1, NIL);
#else
	EvalPlanQualInit(&epq, estate, NULL, NIL, -1);
#endif
	ExecSimpleRelationDelete(target, estate, &epq, row);
	EvalPlanQualEnd(&epq);
}

#endif							/* BASE_COMPAT_H */
