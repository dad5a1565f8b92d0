/*-------------------------------------------------------------------------
 *
 * changes/former.c
 *		What an object was called before.
 *
 * An event trigger of somebody else's may have changed an object before we
 * are told that it was made, or renamed.  The catalogs still know: what this
 * transaction has changed in them is there for anyone who looks with the eyes
 * of its first command, and the rows that it has made are there as they were,
 * each marked as one that is not the update of another.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "changes/former.h"
#include "changes/object.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

Snapshot
changes_former_snapshot(void)
{
	/* What is registered is a copy. */
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());

	snapshot->curcid = FirstCommandId;
	return snapshot;
}

/* The catalog that has the row of an object, or of a column. */
static Oid
catalog_of(const ObjectAddress *object)
{
	return object->objectSubId != 0 ? AttributeRelationId : object->classId;
}

/* Begins to look for the rows that an object has in its catalog. */
static SysScanDesc
begin_scan(Relation catalog, const ObjectAddress *object, Snapshot snapshot)
{
	bool		is_column = object->objectSubId != 0;
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], is_column ? Anum_pg_attribute_attrelid :
				get_object_attnum_oid(object->classId),
				BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object->objectId));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber,
				F_INT2EQ, Int16GetDatum(object->objectSubId));
	return systable_beginscan(catalog, is_column ? AttributeRelidNumIndexId :
							  get_object_oid_index(object->classId), true,
							  snapshot, is_column ? 2 : 1, keys);
}

/* Has this transaction made the row, not as the update of another one? */
static bool
is_made_by_us(HeapTuple row)
{
	TransactionId made_by = HeapTupleHeaderGetXmin(row->t_data);

	return (row->t_data->t_infomask & HEAP_UPDATED) == 0 &&
		TransactionIdIsCurrentTransactionId(made_by);
}

/*
 * A copy of the row that the snapshot sees; SnapshotAny sees the one that this
 * transaction has made.  NULL if there is none.
 */
static HeapTuple
copy_row(Relation catalog, const ObjectAddress *object, Snapshot snapshot)
{
	SysScanDesc scan = begin_scan(catalog, object, snapshot);
	HeapTuple	copy = NULL;
	HeapTuple	row;

	while (copy == NULL && HeapTupleIsValid(row = systable_getnext(scan)))
		if (snapshot != SnapshotAny || is_made_by_us(row))
			copy = heap_copytuple(row);
	systable_endscan(scan);
	return copy;
}

/*
 * The row of the object that was there first: before this transaction, or
 * made by it, which goes to *is_ours.
 */
static HeapTuple
copy_first_row(Relation catalog, const ObjectAddress *object, bool *is_ours)
{
	Snapshot	snapshot = changes_former_snapshot();
	HeapTuple	row = copy_row(catalog, object, snapshot);

	UnregisterSnapshot(snapshot);
	*is_ours = row == NULL;
	return *is_ours ? copy_row(catalog, object, SnapshotAny) : row;
}

/* The name of the object in a row of the catalog, or NULL if it has none. */
static char *
name_in_row(Relation catalog, const ObjectAddress *object, HeapTuple row)
{
	AttrNumber	column = object->objectSubId != 0 ?
		Anum_pg_attribute_attname : get_object_attnum_name(object->classId);
	bool		isnull;
	Datum		name;

	if (column == InvalidAttrNumber || !HeapTupleIsValid(row))
		return NULL;
	name = heap_getattr(row, column, RelationGetDescr(catalog), &isnull);
	return pstrdup(NameStr(*DatumGetName(name)));
}

/* Its schema; NULL where the object has none of its own. */
static char *
schema_in_row(Relation catalog, const ObjectAddress *object, HeapTuple row)
{
	AttrNumber	column = get_object_attnum_namespace(object->classId);
	bool		isnull;
	Datum		schema;

	if (object->objectSubId != 0 || column == InvalidAttrNumber)
		return NULL;
	schema = heap_getattr(row, column, RelationGetDescr(catalog), &isnull);
	return get_namespace_name(DatumGetObjectId(schema));
}

/*
 * Did the column of this row come with its relation?  Then both were made by
 * the same command.
 */
static bool
came_with_relation(const ObjectAddress *object, HeapTuple column)
{
	Relation	relations = table_open(RelationRelationId, AccessShareLock);
	ObjectAddress relation;
	HeapTuple	row;
	bool		is_ours;

	ObjectAddressSet(relation, RelationRelationId, object->objectId);
	row = copy_first_row(relations, &relation, &is_ours);
	table_close(relations, AccessShareLock);
	return row != NULL && is_ours &&
		HeapTupleHeaderGetCmin(row->t_data) ==
		HeapTupleHeaderGetCmin(column->t_data);
}

bool
changes_former_find(const ObjectAddress *object, const char *identity,
					Former *former)
{
	Relation	catalog;
	HeapTuple	row;
	bool		is_ours;
	char	   *name;

	if (!is_objectclass_supported(object->classId))
		return false;
	catalog = table_open(catalog_of(object), AccessShareLock);
	row = copy_first_row(catalog, object, &is_ours);
	if (row != NULL)
	{
		former->is_new = is_ours && (object->objectSubId == 0 ||
									 !came_with_relation(object, row));
		former->schema_name = schema_in_row(catalog, object, row);
		name = name_in_row(catalog, object, row);
		former->identity = name == NULL ? pstrdup(identity) :
			changes_former_identity(object, identity, former->schema_name,
									name);
	}
	table_close(catalog, AccessShareLock);
	return row != NULL;
}

bool
changes_former_is_new(const ObjectAddress *object)
{
	Former		former;

	return changes_former_find(object, "", &former) && former.is_new;
}

/* What the object is called now, or NULL. */
static char *
current_name(const ObjectAddress *object)
{
	Relation	catalog = table_open(catalog_of(object), AccessShareLock);
	HeapTuple	row = copy_row(catalog, object, NULL);
	char	   *name = name_in_row(catalog, object, row);

	table_close(catalog, AccessShareLock);
	return name;
}

/*
 * The schema that the identity of the object begins with; InvalidOid if it
 * begins with the object's own name, as that of a constraint does.
 */
static Oid
leading_schema(const ObjectAddress *object)
{
	return object->classId == ConstraintRelationId ||
		changes_object_is_part_of_table(object) ? InvalidOid :
		get_object_namespace(object);
}

/* The name of an object, as an identity has it, after its schema if any. */
static char *
qualified(const char *schema, const char *name)
{
	return schema == NULL ? pstrdup(quote_identifier(name)) :
		psprintf("%s.%s", quote_identifier(schema), quote_identifier(name));
}

char *
changes_former_identity(const ObjectAddress *object, const char *identity,
						const char *schema, const char *name)
{
	const char *now = current_name(object);
	char	   *schema_now = NULL;
	Size		length;

	if (now == NULL)
		return pstrdup(identity);
	if (object->objectSubId != 0)
	{
		length = strlen(identity) - strlen(quote_identifier(now));
		return psprintf("%.*s%s", (int) length, identity,
						quote_identifier(name));
	}
	if (OidIsValid(leading_schema(object)))
		schema_now = get_namespace_name_or_temp(leading_schema(object));
	length = strlen(qualified(schema_now, now));
	/* An operator's name is not quoted. */
	if (strncmp(identity, qualified(schema_now, now), length) != 0)
		return pstrdup(identity);
	return psprintf("%s%s", qualified(schema_now == NULL || schema == NULL ?
									  schema_now : schema, name),
					identity + length);
}

ArrayType *
changes_former_columns(Oid relid)
{
	Relation	catalog = table_open(AttributeRelationId, AccessShareLock);
	Datum		names[MaxHeapAttributeNumber];
	int			count = 0;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&key, Anum_pg_attribute_attrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(catalog, AttributeRelidNumIndexId, true,
							  SnapshotAny, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_attribute column = (Form_pg_attribute) GETSTRUCT(row);

		if (column->attnum > 0 && is_made_by_us(row))
			names[count++] = CStringGetTextDatum(NameStr(column->attname));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT);
}
