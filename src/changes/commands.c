/*-------------------------------------------------------------------------
 *
 * changes/commands.c
 *		What a command created, altered, renamed or moved.
 *
 * pg_event_trigger_ddl_commands() names the objects of a command, and what
 * PostgreSQL has collected of it: from there come the columns and constraints
 * that an ALTER TABLE was about, the objects of a GRANT, and old names.
 *
 * That a command began with CREATE does not say that it created something: OR
 * REPLACE may have replaced what was there.  The row of the catalog tells, for
 * one that was changed is marked as such.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "base/event_rows.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_transform.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "changes/commands.h"
#include "changes/grants.h"
#include "changes/names.h"
#include "changes/parts.h"
#include "changes/recall.h"
#include "changes/references.h"
#include "nodes/parsenodes.h"
#include "rewrite/rewriteSupport.h"
#include "tcop/cmdtag.h"
#include "tcop/deparse_utility.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* A column of the row, or NULL. */
static char *
string(EventRows *rows, CommandColumn column)
{
	return event_rows_string(rows, column);
}

/* Was the row of the catalog changed since it was made? */
static bool
is_changed(Oid class, Oid object)
{
	Relation	catalog = table_open(class, AccessShareLock);
	HeapTuple	row = get_catalog_object_by_oid(catalog,
												get_object_attnum_oid(class),
												object);
	bool		changed = HeapTupleIsValid(row) &&
		(row->t_data->t_infomask & HEAP_UPDATED) != 0;

	table_close(catalog, AccessShareLock);
	return changed;
}

/*
 * Was the row of an object that can be replaced changed since it was made?  A
 * view is replaced by replacing its rule.
 */
static bool
may_have_been_replaced(const ObjectAddress *object)
{
	Oid			oid = object->objectId;

	switch (object->classId)
	{
		case ProcedureRelationId:
		case LanguageRelationId:
		case TransformRelationId:
		case TriggerRelationId:
		case RewriteRelationId:
			return is_changed(object->classId, oid);
		case TypeRelationId:
			/* a base type in the place of its shell */
			return get_typtype(oid) == TYPTYPE_BASE &&
				is_changed(TypeRelationId, oid);
		case RelationRelationId:
			return get_rel_relkind(oid) == RELKIND_VIEW &&
				is_changed(RewriteRelationId,
						   get_rewrite_oid(oid, ViewSelectRuleName, true));
		default:
			return false;
	}
}

/*
 * Was the object that a CREATE command names there before?  What cannot be
 * replaced was not; what is new may have been changed by an event trigger.
 */
static bool
was_replaced(const ObjectAddress *object)
{
	return may_have_been_replaced(object) && !changes_recall_is_untold(object);
}

/* Is it a table, or a schema, as one that a publication has? */
static bool
is_part_of_publication(const ObjectAddress *object)
{
	return OidIsValid(compat_publication_of(object));
}

/* What a command did to the object that it names. */
static ChangeAction
action_of(const char *command_tag, const ObjectAddress *object)
{
	bool		creates = strncmp(command_tag, "CREATE ", 7) == 0 ||
		strcmp(command_tag, "SELECT INTO") == 0 ||
		strcmp(command_tag, "IMPORT FOREIGN SCHEMA") == 0 ||
		is_part_of_publication(object);

	return creates && !was_replaced(object) ? CHANGE_CREATED : CHANGE_ALTERED;
}

/* Adds the relation that a column is of, as altered. */
static void
add_relation(ChangeSet *set, Oid relid)
{
	ObjectAddress relation;

	ObjectAddressSet(relation, RelationRelationId, relid);
	changes_add(set, &relation, CHANGE_ALTERED);
}

/* Adds what a new publication publishes. */
static void
add_published(ChangeSet *set, const ObjectAddress *publication)
{
	ListCell   *lc;

	foreach(lc, changes_references_dependents(publication))
		if (is_part_of_publication(lfirst(lc)))
			changes_add(set, lfirst(lc), CHANGE_CREATED);
}

/* Adds what came along with the object of a command. */
static void
add_companions(ChangeSet *set, const ObjectAddress *object,
			   const ObjectAddress *secondary, ChangeAction action)
{
	bool		creates = action == CHANGE_CREATED;

	if (object->classId == RelationRelationId && object->objectSubId != 0)
		add_relation(set, object->objectId);
	else if (object->classId == RelationRelationId && creates)
		switch (get_rel_relkind(object->objectId))
		{
			case RELKIND_RELATION:
			case RELKIND_FOREIGN_TABLE:
			case RELKIND_PARTITIONED_TABLE:
				changes_parts_add(set, object->objectId, CHANGE_ALWAYS);
				break;
			case RELKIND_PARTITIONED_INDEX:
				changes_parts_add(set, IndexGetRelation(object->objectId,
														false),
								  CHANGE_UNLESS_KNOWN);
				break;
		}
	else if (object->classId == TriggerRelationId && creates)
		changes_parts_add_clones(set, object->objectId);

	else if (object->classId == ExtensionRelationId && creates)
		changes_parts_add_required(set, object->objectId);
	else if (object->classId == TypeRelationId && creates)
		changes_parts_add_domain(set, object->objectId);
	else if (object->classId == PublicationRelationId && creates)
		add_published(set, object);

	/* ALTER DOMAIN ... ADD CONSTRAINT, and ALTER PUBLICATION ... ADD */
	if (secondary != NULL && secondary->classId == ConstraintRelationId)
		changes_add(set, secondary, CHANGE_CREATED);
	if (is_part_of_publication(object))
	{
		ObjectAddress publication;

		ObjectAddressSet(publication, PublicationRelationId,
						 compat_publication_of(object));
		changes_add(set, &publication, CHANGE_ALTERED);
	}
}

/* Adds the constraint that an ALTER DOMAIN has validated. */
static void
add_validated(ChangeSet *set, Oid domain, const AlterDomainStmt *command)
{
	ObjectAddress constraint;

	if (command->subtype != 'V')
		return;
	ObjectAddressSet(constraint, ConstraintRelationId,
					 get_domain_constraint_oid(domain, command->name, false));
	changes_add(set, &constraint, CHANGE_ALTERED);
}

/* Adds the object of a command that is about one. */
static void
add_simple(ChangeSet *set, EventRows *rows, CollectedCommand *command)
{
	const ObjectAddress *secondary = command->type == SCT_Simple ?
		&command->d.simple.secondaryObject : NULL;
	ObjectAddress object = event_rows_address(rows);
	ChangeAction action;
	Change	   *change;

	if (IsA(command->parsetree, RenameStmt) ||
		IsA(command->parsetree, AlterObjectSchemaStmt))
	{
		changes_names_add(set, &object, command->parsetree, secondary);
		return;
	}

	action = action_of(set->command_tag, &object);
	if (object.classId == ConstraintRelationId)
		change = changes_add(set, &object, action);
	else
		change = changes_add_described(set, &object, action,
									   string(rows, COMMAND_OBJECT_TYPE),
									   string(rows, COMMAND_SCHEMA_NAME),
									   string(rows,
											  COMMAND_OBJECT_IDENTITY));
	if (change != NULL)
		add_companions(set, &object, secondary, action);
	if (IsA(command->parsetree, AlterDomainStmt))
		add_validated(set, object.objectId,
					  (AlterDomainStmt *) command->parsetree);
}

/* Did this part of an ALTER TABLE do nothing, as IF [NOT] EXISTS asked? */
static bool
did_nothing(const CollectedATSubcmd *part)
{
	AlterTableType type = ((AlterTableCmd *) part->parsetree)->subtype;

	return !OidIsValid(part->address.objectId) &&
		(compat_adds_column(type) || compat_drops_column(type));
}

/* Adds the partition that is attached or detached. */
static void
add_partition(ChangeSet *set, const AlterTableCmd *part)
{
	Oid			relid;

	if (part->def == NULL || !IsA(part->def, PartitionCmd))
		return;
	relid = RangeVarGetRelid(((PartitionCmd *) part->def)->name, NoLock, true);
	if (OidIsValid(relid))
		add_relation(set, relid);
}

/* Does this part of an ALTER TABLE enable or disable triggers, or a rule? */
static bool
switches(AlterTableType type)
{
	return type >= AT_EnableTrig && type <= AT_DisableRule;
}

/* Adds what a part of an ALTER TABLE was about: a column, constraint, ... */
static void
add_alter_table_part(ChangeSet *set, Oid relid, const CollectedATSubcmd *part)
{
	AlterTableType type = ((AlterTableCmd *) part->parsetree)->subtype;
	const ObjectAddress *object = &part->address;

	if (object->classId == RelationRelationId && object->objectSubId != 0)
	{
		if (object->objectId != relid)
			add_relation(set, object->objectId);
		if (!compat_drops_column(type))
			changes_parts_add_column(set, object->objectId,
									 object->objectSubId,
									 compat_adds_column(type) ?
									 CHANGE_CREATED : CHANGE_ALTERED);
	}
	else if (OidIsValid(object->objectId) && object->objectId != relid &&
			 object->classId != TypeRelationId)
		changes_add(set, object, compat_adds_constraint(type) ||
					type == AT_AddIndex ?
					CHANGE_CREATED : CHANGE_ALTERED);

	add_partition(set, (AlterTableCmd *) part->parsetree);
	if (switches(type))
		changes_parts_add_switched(set, relid);
	if (compat_adds_constraint(type) || type == AT_AddIndex ||
		type == AT_AttachPartition || type == AT_AddInherit ||
		compat_adds_column(type))
		changes_parts_add(set, relid, CHANGE_UNLESS_KNOWN);
}

/* Adds what an ALTER TABLE, or the like of other relations, has altered. */
static void
add_alter_table(ChangeSet *set, const CollectedCommand *command)
{
	Oid			relid = command->d.alterTable.objectId;
	bool		did_something = false;
	ListCell   *lc;

	foreach(lc, command->d.alterTable.subcmds)
		if (!did_nothing(lfirst(lc)))
			did_something = true;
	if (!did_something || get_rel_persistence(relid) == RELPERSISTENCE_TEMP)
		return;

	add_relation(set, relid);
	foreach(lc, command->d.alterTable.subcmds)
		add_alter_table_part(set, relid, lfirst(lc));
	changes_names_add_indexes(set, relid, command->parsetree);
}

/* These change what is in a relation, not what it is. */
static bool
is_about_contents(const char *command_tag)
{
	return strcmp(command_tag, "REFRESH MATERIALIZED VIEW") == 0 ||
		strcmp(command_tag, "REINDEX") == 0;
}

/* Adds what a row is about. */
static void
add_command(ChangeSet *set, EventRows *rows)
{
	CollectedCommand *command = (CollectedCommand *)
		DatumGetPointer(event_rows_datum(rows, COMMAND_COMMAND));

	set->command_tag = string(rows, COMMAND_TAG);
	if (DatumGetBool(event_rows_datum(rows, COMMAND_IN_EXTENSION)) ||
		is_about_contents(set->command_tag))
		return;

	switch (command->type)
	{
		case SCT_AlterTable:
			add_alter_table(set, command);
			break;
		case SCT_Grant:
			changes_grants_add(set, command->d.grant.istmt);
			break;
		case SCT_AlterDefaultPrivileges:
			changes_grants_add_default(set, (AlterDefaultPrivilegesStmt *)
									   command->parsetree);
			break;
		default:
			add_simple(set, rows, command);
			break;
	}
}

/*
 * Adds the publication of an ALTER PUBLICATION, of which PostgreSQL tells
 * nothing where it only drops something from it, or sets ALL TABLES.
 */
static void
add_publication(ChangeSet *set, const AlterPublicationStmt *command)
{
	ObjectAddress publication;

	ObjectAddressSet(publication, PublicationRelationId,
					 get_publication_oid(command->pubname, true));
	changes_add(set, &publication, CHANGE_ALTERED);
}

ChangeSet *
changes_commands_gather(const EventTriggerData *trigger)
{
	ChangeSet  *set = changes_create();
	EventRows  *rows = event_rows_open(F_PG_EVENT_TRIGGER_DDL_COMMANDS);

	set->command_tag = GetCommandTagName(trigger->tag);
	while (event_rows_next(rows))
		add_command(set, rows);
	event_rows_close(rows);
	if (IsA(trigger->parsetree, AlterPublicationStmt))
		add_publication(set, (AlterPublicationStmt *) trigger->parsetree);
	return set;
}
