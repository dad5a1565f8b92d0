/*-------------------------------------------------------------------------
 *
 * changes/drops.c
 *		What a command dropped.
 *
 * pg_event_trigger_dropped_objects() tells it all, and more than anybody would
 * call an object: row and array types, TOAST tables, internal triggers.  What
 * goes only because it is a part of something else is written if there is
 * something known of it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "base/event_rows.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_type.h"
#include "changes/drops.h"
#include "changes/object.h"
#include "tcop/cmdtag.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

/* The columns of pg_event_trigger_dropped_objects(), after the address */
typedef enum DroppedColumn
{
	DROPPED_ORIGINAL = EVENT_ROWS_AFTER_ADDRESS,
	DROPPED_NORMAL,
	DROPPED_IS_TEMPORARY,
	DROPPED_OBJECT_TYPE,
	DROPPED_SCHEMA_NAME,
	DROPPED_OBJECT_NAME,
	DROPPED_OBJECT_IDENTITY,
	DROPPED_ADDRESS_NAMES
} DroppedColumn;

/* A column of the row, or NULL. */
static char *
string(EventRows *rows, DroppedColumn column)
{
	return event_rows_string(rows, column);
}

/* Was this row of a catalog deleted by our transaction? */
static bool
is_deleted(HeapTuple row)
{
	HeapTupleHeader header = row->t_data;
	TransactionId deleted_by = HeapTupleHeaderGetUpdateXid(header);

	return !(header->t_infomask & HEAP_XMAX_INVALID) &&
		TransactionIdIsCurrentTransactionId(deleted_by);
}

/*
 * DEPENDENCY_EXTENSION if the object was a member of an extension when this
 * transaction dropped it; DEPENDENCY_INTERNAL if it was a function, type or
 * cast that only exists for another one; else '\0'.  The row that says so is
 * deleted with it, but not gone yet.
 */
static char
how_it_belonged(const ObjectAddress *object)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	bool		may_be_internal = object->classId == ProcedureRelationId ||
		object->classId == TypeRelationId ||
		object->classId == CastRelationId;
	char		found = '\0';
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->classId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->objectId));
	scan = systable_beginscan(depend, DependDependerIndexId, true,
							  SnapshotAny, 2, keys);
	while (found == '\0' && HeapTupleIsValid(row = systable_getnext(scan)))
	{
		char		type = ((Form_pg_depend) GETSTRUCT(row))->deptype;

		if (is_deleted(row) && (type == DEPENDENCY_EXTENSION ||
								(type == DEPENDENCY_INTERNAL &&
								 may_be_internal)))
			found = type;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return found;
}

/* What a constraint was.  As above. */
static FormData_pg_constraint
deleted_constraint(Oid oid)
{
	Relation	constraints = table_open(ConstraintRelationId,
										 AccessShareLock);
	FormData_pg_constraint constraint = {0};
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&key, Anum_pg_constraint_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(oid));
	scan = systable_beginscan(constraints, ConstraintOidIndexId, true,
							  SnapshotAny, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
		if (is_deleted(row))
			memcpy(&constraint, GETSTRUCT(row),
				   offsetof(FormData_pg_constraint, conparentid) +
				   sizeof(constraint.conparentid));
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
	return constraint;
}

/* Was the object a NOT NULL constraint? */
static bool
was_not_null(const ObjectAddress *object)
{
	return object->classId == ConstraintRelationId &&
		deleted_constraint(object->objectId).contype ==
		CHANGE_CONTYPE_NOT_NULL;
}

/* Was it one that had come from another constraint? */
static bool
was_inherited(const ObjectAddress *object)
{
	return object->classId == ConstraintRelationId &&
		OidIsValid(deleted_constraint(object->objectId).conparentid);
}

/* What the names of the object begin with, or NULL. */
static char *
first_name(EventRows *rows)
{
	Datum		names = event_rows_datum(rows, DROPPED_ADDRESS_NAMES);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (names == (Datum) 0)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(names), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &count);
	return count == 0 || nulls[0] ? NULL : TextDatumGetCString(elements[0]);
}

/* Is it no object that anybody would ask for, or a temporary one? */
static bool
is_of_no_interest(EventRows *rows, const ObjectAddress *object,
				  const char *type)
{
	return object->classId == AttrDefaultRelationId ||
		object->classId == AccessMethodOperatorRelationId ||
		object->classId == AccessMethodProcedureRelationId ||
		(object->classId == RewriteRelationId &&
		 strncmp(string(rows, DROPPED_OBJECT_IDENTITY),
				 "\"_RETURN\" on ", 13) == 0) ||
		strcmp(type, "composite type") == 0 ||
		DatumGetBool(event_rows_datum(rows, DROPPED_IS_TEMPORARY)) ||
		changes_object_is_temporary_schema(string(rows,
												  DROPPED_SCHEMA_NAME)) ||
		(changes_object_is_part_of_table(object) &&
		 changes_object_is_temporary_schema(first_name(rows)));
}

/* Did it go for its own sake, not as a part of something else? */
static bool
stands_for_itself(EventRows *rows, const ObjectAddress *object,
				  const char *type)
{
	return DatumGetBool(event_rows_datum(rows, DROPPED_ORIGINAL)) ||
		(DatumGetBool(event_rows_datum(rows, DROPPED_NORMAL)) &&
		 strcmp(type, "domain constraint") != 0 &&
		 !was_inherited(object)) ||
		(object->classId == RelationRelationId &&
		 strcmp(type, "index") != 0 && strcmp(type, "sequence") != 0);
}

/*
 * A column or a constraint went that the command did not name, with the type
 * of the column for example: this alters its table, if that is still there, of
 * which PostgreSQL says nothing.
 */
static void
add_altered_table(ChangeSet *set, const EventTriggerData *trigger, Oid relid)
{
	ObjectAddress table;

	if (IsA(trigger->parsetree, AlterTableStmt) &&
		RangeVarGetRelid(((AlterTableStmt *) trigger->parsetree)->relation,
						 NoLock, true) == relid)
		return;
	ObjectAddressSet(table, RelationRelationId, relid);
	changes_add(set, &table, CHANGE_ALTERED);
}

/*
 * Adds the object that a row is about, if it is one that counts.  Of the
 * members of an extension these are what users have made and added to it.
 */
static void
add_dropped(ChangeSet *set, const EventTriggerData *trigger, EventRows *rows)
{
	char	   *type = string(rows, DROPPED_OBJECT_TYPE);
	ObjectAddress object = event_rows_address(rows);
	char		belonged = how_it_belonged(&object);
	Change	   *change;

	if (is_of_no_interest(rows, &object, type) ||
		belonged == DEPENDENCY_INTERNAL || was_not_null(&object))
		return;

	change = changes_add_described(set, &object, CHANGE_DROPPED, type,
								   string(rows, DROPPED_SCHEMA_NAME),
								   string(rows, DROPPED_OBJECT_IDENTITY));
	if (change == NULL)
		return;
	if (belonged == DEPENDENCY_EXTENSION ||
		!stands_for_itself(rows, &object, type))
		change->condition = CHANGE_IF_KNOWN;
	if (object.classId == RelationRelationId && object.objectSubId != 0)
		add_altered_table(set, trigger, object.objectId);
	else if (object.classId == ConstraintRelationId)
		add_altered_table(set, trigger,
						  deleted_constraint(object.objectId).conrelid);
}

ChangeSet *
changes_drops_gather(const EventTriggerData *trigger)
{
	ChangeSet  *set = changes_create();
	EventRows  *rows =
		event_rows_open(F_PG_EVENT_TRIGGER_DROPPED_OBJECTS);

	set->command_tag = GetCommandTagName(trigger->tag);
	while (event_rows_next(rows))
		add_dropped(set, trigger, rows);
	event_rows_close(rows);
	return set;
}
