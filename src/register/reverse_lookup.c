/*-------------------------------------------------------------------------
 *
 * register/reverse_lookup.c
 *		Which installed patches name a given one as requirement or conflict?
 *
 * Both columns have a GIN index, so that the answer does not cost more as the
 * register grows:
 *
 * patches_requires_idx is written by each registration and read only by the
 * few un-registrations.  So it has a pending list (fastupdate): writing is
 * cheap, and the reader moves the list into the index before it looks.
 *
 * patches_conflicts_idx is read by each registration and hardly ever written.
 * It has no pending list, and no entry for a patch without conflicts.
 *
 * The index says which rows may match; what the rows say counts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "register/reverse_lookup.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* The strategy number of @> in GIN's operator class array_ops. */
#define GIN_ARRAY_CONTAINS 2

/*
 * The predicate of the index, or NIL.  The relation cache would fold its
 * constants, and call the functions of the index's owner for that, so it is
 * read as CREATE INDEX has left it, unless a write has folded it already.
 */
static List *
read_predicate(Relation index)
{
	bool		isnull;
	Datum		predicate;
	Node	   *node;

	if (index->rd_indpred != NIL)
		return index->rd_indpred;
	predicate = SysCacheGetAttr(INDEXRELID, index->rd_indextuple,
								Anum_pg_index_indpred, &isnull);
	node = isnull ? NULL : stringToNode(TextDatumGetCString(predicate));
	return node == NULL || IsA(node, List) ? (List *) node : list_make1(node);
}

/*
 * Does the index have all rows whose column names anything?  It has if there
 * is no predicate, or if that is COLUMN <> '{}', as in the install script.
 */
static bool
covers_all_names(Relation index, AttrNumber column)
{
	List	   *predicate = read_predicate(index);
	OpExpr	   *condition = predicate == NIL ? NULL : linitial(predicate);
	Var		   *variable;
	Const	   *constant;

	if (condition == NULL)
		return true;
	if (list_length(predicate) != 1 || !IsA(condition, OpExpr) ||
		get_opcode(condition->opno) != F_ARRAY_NE)
		return false;
	variable = linitial(condition->args);
	constant = lsecond(condition->args);
	return IsA(variable, Var) && variable->varattno == column &&
		IsA(constant, Const) && !constant->constisnull &&
		ARR_NDIM(DatumGetArrayTypeP(constant->constvalue)) == 0;
}

/* Can the index be asked which rows name a patch in the column? */
static bool
is_usable(Relation index, Register *reg, Column column)
{
	AttrNumber	number = reg->columns[column];
	Form_pg_index form = index->rd_index;

	return form->indrelid == RelationGetRelid(reg->table) &&
		form->indisvalid &&
		form->indnatts == 1 &&
		form->indkey.values[0] == number &&
		index->rd_rel->relam == GIN_AM_OID &&
		index->rd_opcintype[0] == ANYARRAYOID &&
		index->rd_opfamily[0] < FirstNormalObjectId &&
		covers_all_names(index, number);
}

/*
 * Opens the GIN index on the column, patches_COLUMN_idx.  Raises 55000 if it
 * is gone or is another one than that.
 */
static Relation
open_column_index(Register *reg, Column column)
{
	const char *column_name = columns_name(column);
	Oid			schema = RelationGetNamespace(reg->table);
	char	   *name = psprintf("patches_%s_idx", column_name);
	Oid			index_oid = get_relname_relid(name, schema);

	if (OidIsValid(index_oid) &&
		get_rel_relkind(index_oid) == RELKIND_INDEX)
	{
		Relation	index = index_open(index_oid, AccessShareLock);

		if (is_usable(index, reg, column))
			return index;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table _v.patches has no valid index \"%s\"", name),
			 errdetail("It should be a GIN index on the column %s.",
					   column_name),
			 errhint("Create it with DROP INDEX IF EXISTS _v.%s; "
					 "CREATE INDEX %s ON _v.patches USING gin (%s)%s "
					 "WHERE %s <> '{}';",
					 name, name, column_name,
					 column == COLUMN_CONFLICTS ?
					 " WITH (fastupdate = off)" : "",
					 column_name)));
	return NULL;				/* keep the compiler quiet */
}

/*
 * Moves the pending list of the index into the index proper.  Only the owner
 * of an index may ask for that, so it is done as the owner, as the checks of
 * foreign keys are; no user's code runs in it.
 */
static void
flush_pending_list(Relation index)
{
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(index->rd_rel->relowner,
						   context | SECURITY_RESTRICTED_OPERATION);
	DirectFunctionCall1(gin_clean_pending_list,
						ObjectIdGetDatum(RelationGetRelid(index)));
	SetUserIdAndSecContext(user, context);
}

/*
 * The bitmap of the rows whose column may contain the name.  It is given all
 * the memory it may want, so that it stays exact.
 */
static TIDBitmap *
rows_that_may_name(Relation index, Snapshot snapshot, const text *name)
{
	TIDBitmap  *bitmap = tbm_create(MaxAllocSize, NULL);
	Datum		element = PointerGetDatum(name);
	ArrayType  *names = construct_array(&element, 1, TEXTOID, -1, false,
										TYPALIGN_INT);
	ScanKeyData key;
	IndexScanDesc scan;

	ScanKeyEntryInitialize(&key, 0, 1, GIN_ARRAY_CONTAINS, InvalidOid,
						   index->rd_indcollation[0], F_ARRAYCONTAINS,
						   PointerGetDatum(names));
	scan = compat_index_beginscan_bitmap(index, snapshot);
	index_rescan(scan, &key, 1, NULL, 0);
	index_getbitmap(scan, bitmap);
	index_endscan(scan);
	return bitmap;
}

/* Does the array of names, which may be NULL, hold this one? */
static bool
array_holds(Datum array, bool isnull, const text *name)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (isnull)
		return false;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i] &&
			DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID,
												 elements[i],
												 PointerGetDatum(name))))
			return true;
	return false;
}

List *
register_reverse_lookup(Register *reg, Column column, const text *name)
{
	List	   *patches = NIL;
	Relation	index = open_column_index(reg, column);
	IndexFetchTableData *fetch = compat_index_fetch_begin(reg->table);
	OffsetNumber offsets[MaxHeapTuplesPerPage];
	CompatBitmapIterator *pages;
	TIDBitmap  *bitmap;
	BlockNumber block;
	int			count;

	if (GinGetUseFastUpdate(index))
		flush_pending_list(index);
	bitmap = rows_that_may_name(index, reg->snapshot, name);

	pages = compat_bitmap_begin(bitmap);
	while ((count = compat_bitmap_next(pages, &block, offsets)) >= 0)
		for (int i = 0; i < count; i++)
		{
			ItemPointerData tid;
			bool		call_again = false;
			bool		isnull;
			Datum		value;

			ItemPointerSet(&tid, block, offsets[i]);
			if (!table_index_fetch_tuple(fetch, &tid, reg->snapshot,
										 reg->row, &call_again, NULL))
				continue;
			value = register_value(reg, column, &isnull);
			if (array_holds(value, isnull, name))
				patches = lappend(patches, register_found(reg));
		}

	compat_bitmap_end(pages);
	tbm_free(bitmap);
	table_index_fetch_end(fetch);
	index_close(index, NoLock);
	return patches;
}
