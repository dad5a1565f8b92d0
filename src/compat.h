/*-------------------------------------------------------------------------
 *
 * compat.h
 *		The differences between PostgreSQL 13 to 18 that the extension meets.
 *
 * Everything is spelled as the newest release spells it; the older ones are
 * brought up to that here, so that no other file asks for a version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_COMPAT_H
#define VERSIONING_COMPAT_H

#include "access/genam.h"
#include "access/htup_details.h"
#include "executor/executor.h"
#include "nodes/tidbitmap.h"
#include "parser/parse_relation.h"
#include "utils/rel.h"

#if PG_VERSION_NUM < 180000
#define index_beginscan(heap, index, snapshot, instrument, nkeys, norderbys) \
	index_beginscan(heap, index, snapshot, nkeys, norderbys)
#define index_beginscan_bitmap(index, snapshot, instrument, nkeys) \
	index_beginscan_bitmap(index, snapshot, nkeys)
#define RelationGetPrimaryKeyIndex(relation, deferrable_ok) \
	RelationGetPrimaryKeyIndex(relation)
#endif

#if PG_VERSION_NUM < 160000
#define EvalPlanQualInit(epq, estate, plan, rowmarks, param, relations) \
	EvalPlanQualInit(epq, estate, plan, rowmarks, param)
#endif

#if PG_VERSION_NUM < 140000
#define ExecSimpleRelationInsert(target, estate, slot) \
	((estate)->es_result_relation_info = (target), \
	 ExecSimpleRelationInsert(estate, slot))
#define ExecSimpleRelationDelete(target, estate, epq, slot) \
	((estate)->es_result_relation_info = (target), \
	 ExecSimpleRelationDelete(estate, epq, slot))
#define ExecCloseResultRelations(estate) ExecCleanUpTriggerState(estate)
#endif

/* Makes the table the first and only entry of the range table. */
static inline void
compat_init_range_table(EState *estate, Relation table)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	List	   *range_table = list_make1(rte);

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(table);
	rte->relkind = table->rd_rel->relkind;
	rte->rellockmode = ExclusiveLock;
#if PG_VERSION_NUM < 160000
	ExecInitRangeTable(estate, range_table);
#else
	{
		List	   *permissions = NIL;

		addRTEPermissionInfo(&permissions, rte);
#if PG_VERSION_NUM < 180000
		ExecInitRangeTable(estate, range_table, permissions);
#else
		ExecInitRangeTable(estate, range_table, permissions,
						   bms_make_singleton(1));
#endif
	}
#endif
}

/* A walk through the pages of a TIDBitmap, private to its backend. */
#if PG_VERSION_NUM < 180000
typedef TBMIterator CompatBitmapIterator;

#define compat_bitmap_begin(bitmap) tbm_begin_iterate(bitmap)
#define compat_bitmap_end(iterator) tbm_end_iterate(iterator)
#else
typedef TBMPrivateIterator CompatBitmapIterator;

#define compat_bitmap_begin(bitmap) tbm_begin_private_iterate(bitmap)
#define compat_bitmap_end(iterator) tbm_end_private_iterate(iterator)
#endif

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

#if PG_VERSION_NUM < 180000
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
#else
	TBMIterateResult page;

	if (!tbm_private_iterate(iterator, &page))
		return -1;
	*block = page.blockno;
	lossy = page.lossy;
	if (!lossy)
		count = tbm_extract_page_tuple(&page, offsets, MaxHeapTuplesPerPage);
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

#endif							/* VERSIONING_COMPAT_H */
