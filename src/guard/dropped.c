/*-------------------------------------------------------------------------
 *
 * guard/dropped.c
 *		What a DROP has dropped.
 *
 * When an event trigger on ddl_command_end runs, PostgreSQL does not tell it
 * what is gone, and the names in the command lead nowhere any more.  Was it a
 * temporary table?  Or nothing at all, since the command said IF EXISTS?
 *
 * The catalogs still know.  A snapshot of the transaction's first command sees
 * the rows that the transaction has deleted since.  So we look for the names
 * with such a snapshot: what was there then, is not there now, and was not
 * temporary, has been dropped.  (What the transaction itself had created
 * before was not there then; to drop that changes nothing.)
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "base/compat.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_ts_parser.h"
#include "catalog/pg_ts_template.h"
#include "catalog/pg_type.h"
#include "changes/former.h"
#include "guard/dropped.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/*
 * The catalog that has the objects of a type by their names, or InvalidOid for
 * those without a name: casts and transforms.
 */
static Oid
catalog_of(ObjectType type)
{
	switch (type)
	{
		case OBJECT_TABLE:
		case OBJECT_VIEW:
		case OBJECT_MATVIEW:
		case OBJECT_INDEX:
		case OBJECT_SEQUENCE:
		case OBJECT_FOREIGN_TABLE:
			return RelationRelationId;
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return TypeRelationId;
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
		case OBJECT_AGGREGATE:
			return ProcedureRelationId;
		case OBJECT_TRIGGER:
			return TriggerRelationId;
		case OBJECT_RULE:
			return RewriteRelationId;
		case OBJECT_POLICY:
			return PolicyRelationId;
		case OBJECT_SCHEMA:
			return NamespaceRelationId;
		case OBJECT_EXTENSION:
			return ExtensionRelationId;
		case OBJECT_OPERATOR:
			return OperatorRelationId;
		case OBJECT_OPCLASS:
			return OperatorClassRelationId;
		case OBJECT_OPFAMILY:
			return OperatorFamilyRelationId;
		case OBJECT_ACCESS_METHOD:
			return AccessMethodRelationId;
		case OBJECT_COLLATION:
			return CollationRelationId;
		case OBJECT_CONVERSION:
			return ConversionRelationId;
		case OBJECT_LANGUAGE:
			return LanguageRelationId;
		case OBJECT_FDW:
			return ForeignDataWrapperRelationId;
		case OBJECT_FOREIGN_SERVER:
			return ForeignServerRelationId;
		case OBJECT_PUBLICATION:
			return PublicationRelationId;
		case OBJECT_STATISTIC_EXT:
			return StatisticExtRelationId;
		case OBJECT_TSCONFIGURATION:
			return TSConfigRelationId;
		case OBJECT_TSDICTIONARY:
			return TSDictionaryRelationId;
		case OBJECT_TSPARSER:
			return TSParserRelationId;
		case OBJECT_TSTEMPLATE:
			return TSTemplateRelationId;
		default:
			return InvalidOid;
	}
}

/*
 * The names that a command calls an object by, the last one its own: a list of
 * String nodes, or NIL if it has none.  An operator class comes with its
 * access method before it.
 */
static List *
names_of(Node *object)
{
	switch (nodeTag(object))
	{
		case T_List:
			return IsA(linitial((List *) object), String) ?
				(List *) object : NIL;
		case T_TypeName:
			return ((TypeName *) object)->names;
		case T_ObjectWithArgs:
			return ((ObjectWithArgs *) object)->objname;
		case T_String:
			return list_make1(object);
		default:
			return NIL;
	}
}

/* Is the object part of a temporary table, which is there? */
static bool
is_part_of_temporary(Oid catalog, List *names)
{
	List	   *table;
	Oid			relid;

	if (list_length(names) < 2 ||
		(catalog != TriggerRelationId && catalog != RewriteRelationId &&
		 catalog != PolicyRelationId))
		return false;
	table = list_truncate(list_copy(names), list_length(names) - 1);
	relid = RangeVarGetRelid(makeRangeVarFromNameList(table), NoLock, true);
	return OidIsValid(relid) &&
		isAnyTempNamespace(get_rel_namespace(relid));
}

/* Was what this row of the catalog stands for dropped, and not temporary? */
static bool
is_gone_and_permanent(Relation catalog, HeapTuple row)
{
	Oid			class_id = RelationGetRelid(catalog);
	AttrNumber	oid_column = get_object_attnum_oid(class_id);
	AttrNumber	schema_column = get_object_attnum_namespace(class_id);
	TupleDesc	columns = RelationGetDescr(catalog);
	bool		isnull;
	Oid			oid;
	Oid			schema = InvalidOid;

	oid = DatumGetObjectId(heap_getattr(row, oid_column, columns, &isnull));
	if (schema_column != InvalidAttrNumber)
		schema = DatumGetObjectId(heap_getattr(row, schema_column, columns,
											   &isnull));
	return !(OidIsValid(schema) && isAnyTempNamespace(schema)) &&
		get_catalog_object_by_oid(catalog, oid_column, oid) == NULL;
}

/*
 * Has the transaction dropped anything permanent that had this name in the
 * catalog?  The snapshot is one of its first command.
 */
static bool
name_is_gone(Relation catalog, const char *name, Snapshot snapshot)
{
	Oid			class_id = RelationGetRelid(catalog);
	bool		gone = false;
	NameData	key_name;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	namestrcpy(&key_name, name);
	ScanKeyInit(&key, get_object_attnum_name(class_id),
				BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&key_name));
	scan = systable_beginscan(catalog, ClassNameNspIndexId,
							  class_id == RelationRelationId,
							  snapshot, 1, &key);
	while (!gone && HeapTupleIsValid(row = systable_getnext(scan)))
		gone = is_gone_and_permanent(catalog, row);
	systable_endscan(scan);
	return gone;
}

bool
guard_dropped_from(Oid class_id, const char *name)
{
	Relation	catalog = table_open(class_id, AccessShareLock);
	Snapshot	snapshot = changes_former_snapshot();
	bool		gone = name_is_gone(catalog, name, snapshot);

	UnregisterSnapshot(snapshot);
	table_close(catalog, AccessShareLock);
	return gone;
}

char *
guard_dropped_permanent(const DropStmt *drop)
{
	Oid			class_id = catalog_of(drop->removeType);
	ListCell   *lc;

	if (!OidIsValid(class_id))
		return "";
	foreach(lc, drop->objects)
	{
		List	   *names = names_of(lfirst(lc));

		if (!is_part_of_temporary(class_id, names) &&
			guard_dropped_from(class_id, strVal(llast(names))))
			return NameListToString(names);
	}
	return NULL;
}
