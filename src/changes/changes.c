/*-------------------------------------------------------------------------
 *
 * changes/changes.c
 *		What a command did to objects, gathered before it is written.
 *
 * An object is known by its type and identity, as pg_identify_object() spells
 * them: unlike its OID they are the same after dump and restore.  Temporary
 * objects are not gathered.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "changes/changes.h"
#include "changes/former.h"
#include "changes/object.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

ChangeSet *
changes_create(void)
{
	ChangeSet  *set = palloc0(sizeof(ChangeSet));
	HASHCTL		control = {0};

	control.keysize = sizeof(ObjectAddress);
	control.entrysize = sizeof(ObjectAddress);
	control.hcxt = CurrentMemoryContext;
	set->seen = hash_create("changed objects", 32, &control,
							HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return set;
}

/* The relation whose columns an object has, or InvalidOid. */
static Oid
relation_of_columns(const ObjectAddress *object)
{
	if (object->objectSubId != 0)
		return InvalidOid;
	if (object->classId == TypeRelationId)
		return get_typ_typrelid(object->objectId);
	if (object->classId == RelationRelationId)
		switch (get_rel_relkind(object->objectId))
		{
			case RELKIND_RELATION:
			case RELKIND_PARTITIONED_TABLE:
			case RELKIND_FOREIGN_TABLE:
			case RELKIND_VIEW:
			case RELKIND_MATVIEW:
				return object->objectId;
		}
	return InvalidOid;
}

Change *
changes_add_described(ChangeSet *set, const ObjectAddress *object,
					  ChangeAction action, const char *object_type,
					  const char *schema_name, const char *identity)
{
	Change	   *change;
	bool		found;
	Oid			relid;

	hash_search(set->seen, object, HASH_ENTER, &found);
	if (found ||
		(action != CHANGE_DROPPED && changes_object_is_temporary(object)))
		return NULL;

	change = palloc0(sizeof(Change));
	change->object = *object;
	change->action = action;
	change->command_tag = set->command_tag;
	change->object_type = object_type;
	change->schema_name = schema_name;
	change->identity = identity;
	if (action == CHANGE_CREATED)
	{
		relid = relation_of_columns(object);
		if (OidIsValid(relid))
			change->columns = changes_former_columns(relid);
	}
	set->changes = lappend(set->changes, change);
	return change;
}

/*
 * The column, or domain, of a NOT NULL constraint; of others, an invalid
 * address.
 */
static ObjectAddress
holder_of_not_null(const ObjectAddress *object)
{
	ObjectAddress holder = InvalidObjectAddress;
	HeapTuple	row = SearchSysCache1(CONSTROID,
									  ObjectIdGetDatum(object->objectId));
	Form_pg_constraint constraint;

	if (!HeapTupleIsValid(row))
		return holder;
	constraint = (Form_pg_constraint) GETSTRUCT(row);
	if (constraint->contype == CHANGE_CONTYPE_NOT_NULL &&
		OidIsValid(constraint->contypid))
		ObjectAddressSet(holder, TypeRelationId, constraint->contypid);
	else if (constraint->contype == CHANGE_CONTYPE_NOT_NULL)
	{
		bool		isnull;
		Datum		keys = SysCacheGetAttr(CONSTROID, row,
										   Anum_pg_constraint_conkey,
										   &isnull);

		if (!isnull)
		{
			ArrayType  *numbers = DatumGetArrayTypeP(keys);

			ObjectAddressSubSet(holder, RelationRelationId,
								constraint->conrelid,
								*(int16 *) ARR_DATA_PTR(numbers));
		}
	}
	ReleaseSysCache(row);
	return holder;
}

Change *
changes_add(ChangeSet *set, const ObjectAddress *object,
			ChangeAction action)
{
	ObjectAddress address = *object;
	char	   *type;
	char	   *identity;
	Oid			schema = InvalidOid;

	if (address.classId == RelationRelationId && address.objectSubId == 0 &&
		get_rel_relkind(address.objectId) == RELKIND_COMPOSITE_TYPE)
		ObjectAddressSet(address, TypeRelationId,
						 get_rel_type_id(address.objectId));
	if (address.classId == ConstraintRelationId)
	{
		ObjectAddress holder = holder_of_not_null(&address);

		if (OidIsValid(holder.objectId))
		{
			address = holder;
			action = CHANGE_ALTERED;
		}
	}

	type = getObjectTypeDescription(&address, true);
	identity = changes_object_identity(&address);
	if (type == NULL || identity == NULL)
		return NULL;
	if (is_objectclass_supported(address.classId))
		schema = get_object_namespace(&address);
	return changes_add_described(set, &address, action, type,
								 OidIsValid(schema) ?
								 get_namespace_name_or_temp(schema) : NULL,
								 identity);
}
