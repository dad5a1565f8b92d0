/*-------------------------------------------------------------------------
 *
 * changes/names.c
 *		What a command renamed or moved to another schema.
 *
 * PostgreSQL tells the new name.  The old name of what was renamed stands in
 * the command, where it may lack the schema, and the old schema of what was
 * moved is told beside; so the old identity is the new one with that in its
 * place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "changes/former.h"
#include "changes/names.h"
#include "changes/object.h"
#include "changes/parts.h"
#include "changes/references.h"
#include "commands/trigger.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

/* The name that a RENAME gives another one for. */
static const char *
old_name(const RenameStmt *command)
{
	Node	   *object = command->object;

	if (command->subname != NULL)
		return command->subname;
	if (command->relation != NULL)
		return command->relation->relname;
	if (IsA(object, ObjectWithArgs))
		object = (Node *) ((ObjectWithArgs *) object)->objname;
	if (IsA(object, TypeName))
		object = (Node *) ((TypeName *) object)->names;
	return strVal(IsA(object, List) ? llast((List *) object) : object);
}

/* Adds an object as renamed or moved, if it is known or the command's own. */
static void
add_as(ChangeSet *set, const ObjectAddress *object, ChangeAction action,
	   char *previous_identity, ChangeCondition condition)
{
	Change	   *change = changes_add(set, object, action);

	if (change != NULL && change->action == action)
	{
		change->previous_identity = previous_identity;
		change->condition = condition;
	}
}

/* A name that may be quoted, without that. */
static const char *
unquoted(const char *name)
{
	List	   *names;

	if (!SplitIdentifierString(pstrdup(name), '.', &names) ||
		list_length(names) != 1)
		return name;
	return linitial(names);
}

/*
 * Adds what has an object's name in its own, now that the one is called
 * otherwise.  At the end of an identity no name is quoted.
 */
static void
add_references(ChangeSet *set, const ObjectAddress *object,
			   ChangeAction action, const char *now, const char *before)
{
	Reference	reference = {REFERENCE_OBJECT, now, before};
	const char *words = NULL;

	switch (object->classId)
	{
		case RelationRelationId:
		case TypeRelationId:
			break;
		case NamespaceRelationId:
			reference.kind = REFERENCE_SCHEMA;
			break;
		case PublicationRelationId:
			words = "publication";
			break;
		case ForeignServerRelationId:
			words = "on server";
			break;
		case LanguageRelationId:
			words = "language";
			break;
		default:
			return;
	}
	if (words != NULL)
	{
		reference.kind = REFERENCE_END;
		reference.now = psprintf("%s %s", words, unquoted(now));
		reference.before = psprintf("%s %s", words, unquoted(before));
	}
	changes_references_add(set, action, object, &reference);
}

/* Adds an object whose name was another one. */
static void
add_renamed(ChangeSet *set, const ObjectAddress *object, const char *before,
			ChangeCondition condition)
{
	char	   *identity = changes_object_identity(object);
	char	   *previous;

	if (identity == NULL)
		return;
	previous = changes_former_identity(object, identity, NULL, before);
	add_as(set, object, CHANGE_RENAMED, previous, condition);
	if (object->objectSubId == 0)
		add_references(set, object, CHANGE_RENAMED, identity, previous);
}

/* Adds the index of a constraint, or the constraint of an index. */
static void
add_renamed_twin(ChangeSet *set, const ObjectAddress *object,
				 const char *before)
{
	ObjectAddress twin = InvalidObjectAddress;

	if (object->classId == ConstraintRelationId)
	{
		Oid			index = get_constraint_index(object->objectId);

		if (OidIsValid(index) &&
			get_index_constraint(index) == object->objectId)
			ObjectAddressSet(twin, RelationRelationId, index);
	}
	else if (object->classId == RelationRelationId &&
			 get_rel_relkind(object->objectId) == RELKIND_INDEX)
	{
		Oid			constraint = get_index_constraint(object->objectId);

		if (OidIsValid(constraint))
			ObjectAddressSet(twin, ConstraintRelationId, constraint);
	}
	if (OidIsValid(twin.objectId))
		add_renamed(set, &twin, before, CHANGE_IF_KNOWN);
}

/* The same of a column, and those that have inherited it. */
static void
add_renamed_column(ChangeSet *set, const ObjectAddress *object,
				   const RenameStmt *command)
{
	ObjectAddress column = *object;
	ObjectAddress relation;
	List	   *relids = list_make1_oid(object->objectId);
	ListCell   *lc;

	relids = list_concat(relids, changes_parts_children(object->objectId));
	foreach(lc, relids)
	{
		column.objectId = lfirst_oid(lc);
		column.objectSubId = get_attnum(column.objectId, command->newname);
		if (column.objectSubId == InvalidAttrNumber)
			continue;
		ObjectAddressSet(relation, RelationRelationId, column.objectId);
		changes_add(set, &relation, CHANGE_ALTERED);
		add_renamed(set, &column, command->subname, CHANGE_ALWAYS);
	}
}

/*
 * The same of the constraints, or triggers, that came from one of a table that
 * this one is a parent of.
 */
static void
add_renamed_inherited(ChangeSet *set, Oid class, const RenameStmt *command)
{
	Oid			relid = RangeVarGetRelid(command->relation, NoLock, true);
	const char *name = command->newname;
	ListCell   *lc;

	if (!OidIsValid(relid))
		return;
	foreach(lc, changes_parts_children(relid))
	{
		Oid			child = lfirst_oid(lc);
		ObjectAddress part;

		ObjectAddressSet(part, class, class == TriggerRelationId ?
						 get_trigger_oid(child, name, true) :
						 get_relation_constraint_oid(child, name, true));
		if (OidIsValid(part.objectId))
			add_renamed(set, &part, command->subname, CHANGE_IF_KNOWN);
	}
}

/* Adds the table of what was renamed, as altered. */
static void
add_altered(ChangeSet *set, const RangeVar *table)
{
	Oid			relid = RangeVarGetRelid(table, NoLock, true);
	ObjectAddress relation;

	ObjectAddressSet(relation, RelationRelationId, relid);
	if (OidIsValid(relid))
		changes_add(set, &relation, CHANGE_ALTERED);
}

/* Adds what a RENAME has renamed. */
static void
add_rename(ChangeSet *set, const ObjectAddress *object,
		   const RenameStmt *command)
{
	const char *before = old_name(command);

	if (object->objectSubId != 0)
	{
		add_renamed_column(set, object, command);
		return;
	}
	add_renamed(set, object, before, CHANGE_ALWAYS);
	add_renamed_twin(set, object, before);
	if (command->renameType == OBJECT_TABCONSTRAINT)
		add_altered(set, command->relation);
	if (command->renameType == OBJECT_TABCONSTRAINT ||
		command->renameType == OBJECT_TRIGGER)
		add_renamed_inherited(set, object->classId, command);
}

/* Adds an object that was in another schema. */
static void
add_moved(ChangeSet *set, const ObjectAddress *object, const char *now,
		  const char *before, ChangeCondition condition)
{
	char	   *identity = changes_object_identity(object);
	char	   *previous;

	if (identity == NULL || strncmp(identity, now, strlen(now)) != 0 ||
		identity[strlen(now)] != '.')
		return;
	previous = psprintf("%s%s", before, identity + strlen(now));
	add_as(set, object, CHANGE_MOVED, previous, condition);
	add_references(set, object, CHANGE_MOVED, identity, previous);
}

/* Adds the indexes and sequences that go where their table goes. */
static void
add_moved_along(ChangeSet *set, Oid relid, const char *now,
				const char *before)
{
	List	   *relids = list_concat(changes_parts_indexes(relid),
									 getOwnedSequences(relid));
	ListCell   *lc;

	foreach(lc, relids)
	{
		ObjectAddress relation;

		ObjectAddressSet(relation, RelationRelationId, lfirst_oid(lc));
		add_moved(set, &relation, now, before, CHANGE_IF_KNOWN);
	}
}

/*
 * Adds what has the name of a type of an extension in its own, now that the
 * extension is in another schema.
 */
static void
add_references_to_members(ChangeSet *set, const ObjectAddress *extension,
						  const char *now, const char *before)
{
	ListCell   *lc;

	foreach(lc, changes_references_dependents(extension))
	{
		ObjectAddress *member = lfirst(lc);
		char	   *identity = changes_object_identity(member);

		if (member->classId == TypeRelationId && identity != NULL &&
			strlen(identity) > strlen(now))
			add_references(set, member, CHANGE_MOVED, identity,
						   psprintf("%s%s", before, identity + strlen(now)));
	}
}

/* Adds what SET SCHEMA has moved. */
static void
add_move(ChangeSet *set, const ObjectAddress *object,
		 const AlterObjectSchemaStmt *command, const char *old_schema)
{
	const char *now = quote_identifier(command->newschema);
	const char *before = quote_identifier(old_schema);

	if (object->classId == ExtensionRelationId)
	{
		changes_add(set, object, CHANGE_MOVED);
		add_references_to_members(set, object, now, before);
		return;
	}
	if (strcmp(now, before) == 0)
		return;
	add_moved(set, object, now, before, CHANGE_ALWAYS);
	if (object->classId == RelationRelationId)
		add_moved_along(set, object->objectId, now, before);
}

void
changes_names_add(ChangeSet *set, const ObjectAddress *object, Node *command,
				  const ObjectAddress *old_schema)
{
	char	   *schema;

	if (IsA(command, RenameStmt))
	{
		add_rename(set, object, (RenameStmt *) command);
		return;
	}
	schema = old_schema == NULL ? NULL :
		get_namespace_name(old_schema->objectId);
	if (schema != NULL)
		add_move(set, object, (AlterObjectSchemaStmt *) command, schema);
}

void
changes_names_add_indexes(ChangeSet *set, Oid relid, Node *command)
{
	ListCell   *lc;

	if (!IsA(command, AlterTableStmt))
		return;
	foreach(lc, ((AlterTableStmt *) command)->cmds)
	{
		Constraint *constraint =
			(Constraint *) ((AlterTableCmd *) lfirst(lc))->def;
		ObjectAddress index;

		if (constraint == NULL || !IsA(constraint, Constraint) ||
			constraint->indexname == NULL || constraint->conname == NULL ||
			strcmp(constraint->indexname, constraint->conname) == 0)
			continue;
		ObjectAddressSet(index, RelationRelationId,
						 get_relname_relid(constraint->conname,
										   get_rel_namespace(relid)));
		if (OidIsValid(index.objectId))
			add_renamed(set, &index, constraint->indexname, CHANGE_ALWAYS);
	}
}
