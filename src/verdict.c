/*-------------------------------------------------------------------------
 *
 * verdict.c
 *		Does a command change anything that needs a patch?
 *
 * At ddl_command_end PostgreSQL tells of each object that was created or
 * altered, so that it can be seen which are temporary.  Of what was dropped it
 * tells nothing there: see dropped.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "compat.h"
#include "dropped.h"
#include "event_rows.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "verdict.h"

/* The columns of pg_event_trigger_ddl_commands() that we look at */
typedef enum CommandColumn
{
	COMMAND_CLASSID = 1,
	COMMAND_OBJID,
	COMMAND_OBJSUBID,
	COMMAND_OBJECT_TYPE = 5,
	COMMAND_SCHEMA_NAME,
	COMMAND_OBJECT_IDENTITY,
	COMMAND_IN_EXTENSION
} CommandColumn;

/* Is this the schema of somebody's temporary objects? */
static bool
is_temporary_schema(const char *schema)
{
	return schema != NULL && (strcmp(schema, "pg_temp") == 0 ||
							  strncmp(schema, "pg_temp_", 8) == 0);
}

/*
 * Is the object in the current row, or the table that it is part of,
 * temporary?  A part without a schema of its own has it in its identity.
 */
static bool
is_temporary(EventRows *rows)
{
	List	   *names = NIL;
	List	   *arguments = NIL;
	ObjectAddress object;

	if (is_temporary_schema(event_rows_string(rows, COMMAND_SCHEMA_NAME)))
		return true;
	object.classId =
		DatumGetObjectId(event_rows_datum(rows, COMMAND_CLASSID));
	object.objectId =
		DatumGetObjectId(event_rows_datum(rows, COMMAND_OBJID));
	object.objectSubId =
		DatumGetInt32(event_rows_datum(rows, COMMAND_OBJSUBID));
	return OidIsValid(object.classId) && OidIsValid(object.objectId) &&
		compat_object_identity(&object, &names, &arguments) != NULL &&
		names != NIL && is_temporary_schema(linitial(names));
}

/* Are all the tables or sequences that a GRANT or REVOKE names temporary? */
static bool
grants_on_temporary(const GrantStmt *grant)
{
	ListCell   *lc;

	if (grant->targtype != ACL_TARGET_OBJECT ||
		(grant->objtype != OBJECT_TABLE && grant->objtype != OBJECT_SEQUENCE))
		return false;
	foreach(lc, grant->objects)
	{
		Oid			relid = RangeVarGetRelid(lfirst(lc), NoLock, true);

		if (OidIsValid(relid) &&
			!isAnyTempNamespace(get_rel_namespace(relid)))
			return false;
	}
	return true;
}

/* What a GRANT or REVOKE names first, or NULL. */
static char *
grant_object(const GrantStmt *grant)
{
	Node	   *object = grant->objects == NIL ? NULL :
		linitial(grant->objects);

	if (object == NULL)
		return NULL;
	if (IsA(object, RangeVar))
	{
		RangeVar   *relation = (RangeVar *) object;

		return quote_qualified_identifier(relation->schemaname,
										  relation->relname);
	}
	return dropped_name(object);
}

/*
 * Does PostgreSQL tell of this command nothing but that it ran, though it
 * changes something?  Of any other, to tell nothing means that nothing
 * happened, as with IF NOT EXISTS, or that it is part of a REFRESH.
 */
static bool
changes_untold(Verdict *verdict)
{
	Node	   *command = verdict->command;

	switch (nodeTag(command))
	{
		case T_DropStmt:
			verdict->object = dropped_permanent((DropStmt *) command);
			return verdict->object != NULL;
		case T_DropOwnedStmt:
		case T_ReassignOwnedStmt:
		case T_DropUserMappingStmt:
		case T_DropSubscriptionStmt:
		case T_AlterPublicationStmt:
		case T_AlterTableMoveAllStmt:
			return true;
		default:
			return false;
	}
}

/* Looks at what the current row tells of.  Is it a change? */
static bool
row_is_change(EventRows *rows, Verdict *verdict)
{
	Node	   *command = verdict->command;
	char	   *type = event_rows_string(rows, COMMAND_OBJECT_TYPE);
	char	   *identity = event_rows_string(rows, COMMAND_OBJECT_IDENTITY);

	if (DatumGetBool(event_rows_datum(rows, COMMAND_IN_EXTENSION)))
		return false;
	if (IsA(command, GrantStmt))
	{
		verdict->object = grant_object((GrantStmt *) command);
		return !grants_on_temporary((GrantStmt *) command);
	}
	if (is_temporary(rows))
		return false;
	if (type != NULL && identity != NULL)
		verdict->object = psprintf("%s %s", type, identity);
	return true;
}

/*
 * Finds out whether verdict->command needs a patch, in an event trigger on
 * ddl_command_end that was called for it.  For attempt_run(): takes a Verdict.
 * Raises what a look at the catalogs may raise.
 */
void
verdict_reach(void *arg)
{
	Verdict    *verdict = arg;
	EventRows  *rows = event_rows_open(F_PG_EVENT_TRIGGER_DDL_COMMANDS);
	bool		told = false;

	verdict->is_change = false;
	while (!verdict->is_change && event_rows_next(rows))
	{
		told = true;
		verdict->is_change = row_is_change(rows, verdict);
	}
	event_rows_close(rows);
	if (!told)
		verdict->is_change = changes_untold(verdict);
}

/* Does this part of an ALTER TABLE run in several transactions? */
static bool
alters_concurrently(const AlterTableStmt *alter)
{
	ListCell   *lc;

	foreach(lc, alter->cmds)
	{
		if (IsA(lfirst(lc), AlterTableCmd) &&
			compat_detaches_concurrently(lfirst(lc)))
			return true;
	}
	return false;
}

/*
 * The table or index of a command that commits on its way, so that an error
 * at its end does not undo it; NULL for any other command.
 */
static RangeVar *
concurrent_relation(Node *command)
{
	if (IsA(command, IndexStmt) && ((IndexStmt *) command)->concurrent)
		return ((IndexStmt *) command)->relation;
	if (IsA(command, DropStmt) && ((DropStmt *) command)->concurrent)
	{
		List	   *names = linitial(((DropStmt *) command)->objects);

		return makeRangeVarFromNameList(names);
	}
	if (IsA(command, AlterTableStmt) &&
		alters_concurrently((AlterTableStmt *) command))
		return ((AlterTableStmt *) command)->relation;
	return NULL;
}

/* Is this a command that commits on its way? */
bool
verdict_is_final(Node *command)
{
	return concurrent_relation(command) != NULL;
}

/*
 * Will it do so with something permanent?  (On a temporary table, CONCURRENTLY
 * says nothing.)
 */
bool
verdict_will_be_final(Node *command)
{
	RangeVar   *relation = concurrent_relation(command);
	Oid			relid = InvalidOid;

	if (relation != NULL)
		relid = RangeVarGetRelid(relation, NoLock, true);
	return OidIsValid(relid) &&
		!isAnyTempNamespace(get_rel_namespace(relid));
}
