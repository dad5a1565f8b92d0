/*-------------------------------------------------------------------------
 *
 * changes/object.c
 *		What is asked about an object: its identity, is it temporary?
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "changes/object.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

bool
changes_object_is_temporary_schema(const char *name)
{
	return name != NULL &&
		(strcmp(name, "pg_temp") == 0 ||
		 strncmp(name, "pg_temp_", 8) == 0 ||
		 strncmp(name, "pg_toast", 8) == 0);
}

char *
changes_object_identity(const ObjectAddress *object)
{
	List	   *names = NIL;
	List	   *arguments = NIL;

	return getObjectIdentityParts(object, &names, &arguments, true);
}

bool
changes_object_is_part_of_table(const ObjectAddress *object)
{
	return object->classId == TriggerRelationId ||
		object->classId == RewriteRelationId ||
		object->classId == PolicyRelationId;
}

/* Is the table of this trigger, rule or policy temporary? */
static bool
is_part_of_temporary(const ObjectAddress *object)
{
	List	   *names = NIL;
	List	   *arguments = NIL;

	return getObjectIdentityParts(object, &names, &arguments, true) != NULL &&
		names != NIL && changes_object_is_temporary_schema(linitial(names));
}

bool
changes_object_is_temporary(const ObjectAddress *object)
{
	Oid			schema = InvalidOid;

	if (changes_object_is_part_of_table(object))
		return is_part_of_temporary(object);
	if (object->classId == NamespaceRelationId)
		return isAnyTempNamespace(object->objectId);
	if (is_objectclass_supported(object->classId))
		schema = get_object_namespace(object);
	return schema == PG_TOAST_NAMESPACE || isAnyTempNamespace(schema);
}
