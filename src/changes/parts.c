/*-------------------------------------------------------------------------
 *
 * changes/parts.c
 *		What came along with a relation: indexes, constraints, triggers.
 *
 * PostgreSQL names the object that a command was about, but not all that came
 * along: the CHECK constraints of a new table, what a partition takes over
 * from the table that it is a part of, and what that one hands on to its
 * partitions.  So the catalogs are asked for what is there and was made by
 * this transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "changes/former.h"
#include "changes/parts.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* Was this row of a catalog made or changed by this transaction? */
static bool
is_ours(HeapTuple row)
{
	TransactionId made_by = HeapTupleHeaderGetXmin(row->t_data);

	return TransactionIdIsCurrentTransactionId(made_by);
}

/* Was it made, not just changed, for the object with this address? */
static bool
is_new(HeapTuple row, Oid class, Oid object)
{
	ObjectAddress address;

	if (!is_ours(row))
		return false;
	ObjectAddressSet(address, class, object);
	return (row->t_data->t_infomask & HEAP_UPDATED) == 0 ||
		changes_former_is_new(&address);
}

/*
 * Is there such a constraint, and is it one of the relation?  A foreign key
 * that refers to a partitioned table has one more below it for each partition.
 */
static bool
is_on_same_relation(Oid constraint, Oid relid)
{
	HeapTuple	row = SearchSysCache1(CONSTROID,
									  ObjectIdGetDatum(constraint));
	bool		same = HeapTupleIsValid(row) &&
		((Form_pg_constraint) GETSTRUCT(row))->conrelid == relid;

	if (HeapTupleIsValid(row))
		ReleaseSysCache(row);
	return same;
}

/*
 * The object that a row of a catalog about parts of relations is about, or
 * InvalidOid if it does not stand for itself: internal triggers do not, nor do
 * NOT NULL constraints, or those below foreign keys.
 */
static Oid
part_of_row(Oid catalog, HeapTuple row)
{
	if (catalog == IndexRelationId)
		return ((Form_pg_index) GETSTRUCT(row))->indexrelid;
	if (catalog == ConstraintRelationId)
	{
		Form_pg_constraint constraint = (Form_pg_constraint) GETSTRUCT(row);

		return constraint->contype == CHANGE_CONTYPE_NOT_NULL ||
			constraint->contype == CONSTRAINT_TRIGGER ||
			is_on_same_relation(constraint->conparentid,
								constraint->conrelid) ?
			InvalidOid : constraint->oid;
	}
	if (catalog == RewriteRelationId)
		return ((Form_pg_rewrite) GETSTRUCT(row))->oid;
	if (((Form_pg_trigger) GETSTRUCT(row))->tgisinternal)
		return InvalidOid;
	return ((Form_pg_trigger) GETSTRUCT(row))->oid;
}

/*
 * Adds, of the rows of a catalog that are about the relation, the new ones as
 * created, or else those that were changed as altered; column and index are
 * what they are found by, and class is theirs.
 */
static void
add_rows(ChangeSet *set, Oid relid, ChangeAction action,
		 ChangeCondition condition, Oid catalog, AttrNumber column, Oid index,
		 Oid class)
{
	Relation	rows = table_open(catalog, AccessShareLock);
	List	   *parts = NIL;
	ListCell   *lc;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(rows, index, true, NULL, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Oid			part = part_of_row(catalog, row);

		if (OidIsValid(part) && is_ours(row) &&
			is_new(row, class, part) == (action == CHANGE_CREATED))
			parts = lappend_oid(parts, part);
	}
	systable_endscan(scan);
	table_close(rows, AccessShareLock);

	foreach(lc, parts)
	{
		ObjectAddress address;
		Change	   *change;

		ObjectAddressSet(address, class, lfirst_oid(lc));
		change = changes_add(set, &address, action);
		if (change != NULL)
			change->condition = condition;
	}
}

/* The relation and, if others inherit from it, all of those. */
static List *
tree_of(Oid relid)
{
	return has_subclass(relid) ? find_all_inheritors(relid, NoLock, NULL) :
		list_make1_oid(relid);
}

List *
changes_parts_children(Oid relid)
{
	return list_delete_oid(tree_of(relid), relid);
}

List *
changes_parts_indexes(Oid relid)
{
	Relation	relation = try_relation_open(relid, AccessShareLock);
	List	   *indexes;

	if (relation == NULL)
		return NIL;
	indexes = RelationGetIndexList(relation);
	relation_close(relation, NoLock);
	return indexes;
}

/* Adds triggers of one relation, as add_rows() does. */
static void
add_triggers(ChangeSet *set, Oid relid, ChangeAction action,
			 ChangeCondition condition)
{
	add_rows(set, relid, action, condition, TriggerRelationId,
			 Anum_pg_trigger_tgrelid, TriggerRelidNameIndexId,
			 TriggerRelationId);
}

/*
 * Adds those that this transaction has made on one relation.  Its row in
 * pg_class says where there is nothing to look for: a key comes with an index,
 * a foreign key with triggers.
 */
static void
add_parts_of(ChangeSet *set, Oid relid, ChangeCondition condition)
{
	HeapTuple	row = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	FormData_pg_class relation;

	if (!HeapTupleIsValid(row))
		return;
	relation = *(Form_pg_class) GETSTRUCT(row);
	ReleaseSysCache(row);

	if (relation.relhasindex)
		add_rows(set, relid, CHANGE_CREATED, condition, IndexRelationId,
				 Anum_pg_index_indrelid, IndexIndrelidIndexId,
				 RelationRelationId);
	if (relation.relhasindex || relation.relhastriggers ||
		relation.relchecks > 0)
		add_rows(set, relid, CHANGE_CREATED, condition, ConstraintRelationId,
				 Anum_pg_constraint_conrelid,
				 ConstraintRelidTypidNameIndexId, ConstraintRelationId);
	if (relation.relhastriggers)
		add_triggers(set, relid, CHANGE_CREATED, condition);
}

void
changes_parts_add(ChangeSet *set, Oid relid, ChangeCondition condition)
{
	ListCell   *lc;

	foreach(lc, tree_of(relid))
		add_parts_of(set, lfirst_oid(lc), condition);
}

void
changes_parts_add_switched(ChangeSet *set, Oid relid)
{
	ListCell   *lc;

	foreach(lc, tree_of(relid))
		add_triggers(set, lfirst_oid(lc), CHANGE_ALTERED, CHANGE_ALWAYS);
	add_rows(set, relid, CHANGE_ALTERED, CHANGE_ALWAYS, RewriteRelationId,
			 Anum_pg_rewrite_ev_class, RewriteRelRulenameIndexId,
			 RewriteRelationId);
}

/* The extensions that one requires. */
static List *
required_by(Oid extension)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	List	   *required = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(ExtensionRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(extension));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(row);

		if (form->refclassid == ExtensionRelationId)
			required = lappend_oid(required, form->refobjid);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return required;
}

void
changes_parts_add_required(ChangeSet *set, Oid extension)
{
	ListCell   *lc;

	foreach(lc, required_by(extension))
	{
		Relation	extensions = table_open(ExtensionRelationId,
											AccessShareLock);
		HeapTuple	row = get_catalog_object_by_oid(extensions,
													Anum_pg_extension_oid,
													lfirst_oid(lc));
		ObjectAddress required;
		Change	   *change;

		table_close(extensions, AccessShareLock);
		if (!HeapTupleIsValid(row) || !is_ours(row))
			continue;
		ObjectAddressSet(required, ExtensionRelationId, lfirst_oid(lc));
		change = changes_add(set, &required, CHANGE_CREATED);
		if (change != NULL)
			change->condition = CHANGE_UNLESS_KNOWN;
		changes_parts_add_required(set, required.objectId);
	}
}

void
changes_parts_add_domain(ChangeSet *set, Oid domain)
{
	if (get_typtype(domain) == TYPTYPE_DOMAIN)
		add_rows(set, domain, CHANGE_CREATED, CHANGE_ALWAYS,
				 ConstraintRelationId, Anum_pg_constraint_contypid,
				 ConstraintTypidIndexId, ConstraintRelationId);
}

void
changes_parts_add_clones(ChangeSet *set, Oid trigger)
{
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	HeapTuple	row = get_catalog_object_by_oid(triggers, Anum_pg_trigger_oid,
												trigger);

	table_close(triggers, AccessShareLock);
	if (HeapTupleIsValid(row))
		changes_parts_add(set, ((Form_pg_trigger) GETSTRUCT(row))->tgrelid,
						  CHANGE_UNLESS_KNOWN);
}

void
changes_parts_add_column(ChangeSet *set, Oid relid, AttrNumber column,
						 ChangeAction action)
{
	char	   *name = get_attname(relid, column, true);
	ObjectAddress address;
	ListCell   *lc;

	if (name == NULL)
		return;
	ObjectAddressSubSet(address, RelationRelationId, relid, column);
	changes_add(set, &address, action);
	foreach(lc, changes_parts_children(relid))
	{
		Oid			child = lfirst_oid(lc);
		AttrNumber	inherited = get_attnum(child, name);

		ObjectAddressSet(address, RelationRelationId, child);
		changes_add(set, &address, CHANGE_ALTERED);
		if (inherited == InvalidAttrNumber)
			continue;
		address.objectSubId = inherited;
		changes_add(set, &address, action);
	}
}
