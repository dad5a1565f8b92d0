/*-------------------------------------------------------------------------
 *
 * changes/grants.c
 *		Whose privileges a command changed.
 *
 * Of GRANT, REVOKE and ALTER DEFAULT PRIVILEGES PostgreSQL does not tell an
 * event trigger the objects, so they are taken from the command itself.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_language.h"
#include "catalog/pg_largeobject.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "changes/grants.h"
#include "changes/recall.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

Oid
changes_grants_class(ObjectType type)
{
	switch (type)
	{
		case OBJECT_TABLE:
		case OBJECT_SEQUENCE:
			return RelationRelationId;
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return TypeRelationId;
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			return ProcedureRelationId;
		case OBJECT_FDW:
			return ForeignDataWrapperRelationId;
		case OBJECT_FOREIGN_SERVER:
			return ForeignServerRelationId;
		case OBJECT_LANGUAGE:
			return LanguageRelationId;
		case OBJECT_LARGEOBJECT:
			return LargeObjectRelationId;
		case OBJECT_SCHEMA:
			return NamespaceRelationId;
		default:
			return InvalidOid;
	}
}

/* Adds the columns of a table that the grant names. */
static void
add_columns(ChangeSet *set, const InternalGrant *grant, Oid relid)
{
	ListCell   *privilege;
	ListCell   *column;

	foreach(privilege, grant->col_privs)
		foreach(column, ((AccessPriv *) lfirst(privilege))->cols)
		{
			ObjectAddress address;

			ObjectAddressSubSet(address, RelationRelationId, relid,
								get_attnum(relid, strVal(lfirst(column))));
			if (address.objectSubId != InvalidAttrNumber)
				changes_add(set, &address, CHANGE_ALTERED);
		}
}

void
changes_grants_add(ChangeSet *set, const InternalGrant *grant)
{
	Oid			class = changes_grants_class(grant->objtype);
	ListCell   *lc;

	if (!OidIsValid(class))
		return;
	foreach(lc, grant->objects)
	{
		ObjectAddress address;

		ObjectAddressSet(address, class, lfirst_oid(lc));
		changes_add(set, &address, CHANGE_ALTERED);
		add_columns(set, grant, lfirst_oid(lc));
	}
}

/* The letter that pg_default_acl has for a type of objects, or 0. */
static char
default_acl_letter(ObjectType type)
{
	switch (type)
	{
		case OBJECT_TABLE:
			return DEFACLOBJ_RELATION;
		case OBJECT_SEQUENCE:
			return DEFACLOBJ_SEQUENCE;
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			return DEFACLOBJ_FUNCTION;
		case OBJECT_TYPE:
			return DEFACLOBJ_TYPE;
		case OBJECT_SCHEMA:
			return DEFACLOBJ_NAMESPACE;
		case OBJECT_LARGEOBJECT:
			return 'L';			/* since version 18 */
		default:
			return '\0';
	}
}

/* Adds the default privileges of a role in a schema, if there are any now. */
static void
add_default(ChangeSet *set, Oid role, Oid schema, char letter)
{
	HeapTuple	row = SearchSysCache3(DEFACLROLENSPOBJ,
									  ObjectIdGetDatum(role),
									  ObjectIdGetDatum(schema),
									  CharGetDatum(letter));
	ObjectAddress address;
	bool		is_new;

	if (!HeapTupleIsValid(row))
		return;
	ObjectAddressSet(address, DefaultAclRelationId,
					 ((Form_pg_default_acl) GETSTRUCT(row))->oid);
	is_new = (row->t_data->t_infomask & HEAP_UPDATED) == 0;
	ReleaseSysCache(row);
	changes_add(set, &address, is_new || changes_recall_is_untold(&address) ?
				CHANGE_CREATED : CHANGE_ALTERED);
}

/* The OIDs of the schemas that the command names; of none, InvalidOid. */
static List *
schemas_of(List *names)
{
	List	   *schemas = NIL;
	ListCell   *lc;

	foreach(lc, names)
		schemas = lappend_oid(schemas,
							  get_namespace_oid(strVal(lfirst(lc)), true));
	return schemas == NIL ? list_make1_oid(InvalidOid) : schemas;
}

/* The OIDs of the roles that the command names; of none, the current one. */
static List *
roles_of(List *names)
{
	List	   *roles = NIL;
	ListCell   *lc;

	foreach(lc, names)
		roles = lappend_oid(roles, get_rolespec_oid(lfirst(lc), true));
	return roles == NIL ? list_make1_oid(GetUserId()) : roles;
}

void
changes_grants_add_default(ChangeSet *set, AlterDefaultPrivilegesStmt *command)
{
	char		letter = default_acl_letter(command->action->objtype);
	List	   *schema_names = NIL;
	List	   *role_names = NIL;
	ListCell   *lc;
	ListCell   *role;
	ListCell   *schema;

	foreach(lc, command->options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "schemas") == 0)
			schema_names = (List *) option->arg;
		else if (strcmp(option->defname, "roles") == 0)
			role_names = (List *) option->arg;
	}
	foreach(role, roles_of(role_names))
		foreach(schema, schemas_of(schema_names))
			add_default(set, lfirst_oid(role), lfirst_oid(schema), letter);
}
