/*-------------------------------------------------------------------------
 *
 * guard/verdict.c
 *		Does a command change anything that needs a patch?
 *
 * At ddl_command_end PostgreSQL tells of each object that was created or
 * altered, so that it can be seen which are temporary.  Of what was dropped it
 * tells nothing there: see guard/dropped.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/event_rows.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_subscription.h"
#include "changes/grants.h"
#include "changes/object.h"
#include "commands/defrem.h"
#include "guard/dropped.h"
#include "guard/verdict.h"
#include "tcop/deparse_utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* Is the object in the current row temporary?  What has no address is not. */
static bool
is_temporary(EventRows *rows)
{
	ObjectAddress object = event_rows_address(rows);

	return OidIsValid(object.classId) && OidIsValid(object.objectId) &&
		changes_object_is_temporary(&object);
}

/* Does a GRANT or REVOKE concern anything that is not temporary? */
static bool
grant_is_change(const InternalGrant *grant, Verdict *verdict)
{
	Oid			class = changes_grants_class(grant->objtype);
	ListCell   *lc;

	foreach(lc, grant->objects)
	{
		ObjectAddress object;

		ObjectAddressSet(object, class, lfirst_oid(lc));
		if (!changes_object_is_temporary(&object))
		{
			verdict->object =
				psprintf("%s %s", getObjectTypeDescription(&object, true),
						 changes_object_identity(&object));
			return true;
		}
	}
	return false;
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
			verdict->object = guard_dropped_permanent((DropStmt *) command);
			return verdict->object != NULL;
		case T_DropSubscriptionStmt:
			verdict->object = ((DropSubscriptionStmt *) command)->subname;
			return guard_dropped_from(SubscriptionRelationId, verdict->object);
		case T_DropOwnedStmt:
		case T_DropUserMappingStmt:
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
	CollectedCommand *command = (CollectedCommand *)
		DatumGetPointer(event_rows_datum(rows, COMMAND_COMMAND));
	char	   *type = event_rows_string(rows, COMMAND_OBJECT_TYPE);
	char	   *identity = event_rows_string(rows, COMMAND_OBJECT_IDENTITY);

	if (DatumGetBool(event_rows_datum(rows, COMMAND_IN_EXTENSION)))
		return false;
	if (command->type == SCT_Grant)
		return grant_is_change(command->d.grant.istmt, verdict);
	if (is_temporary(rows))
		return false;
	if (type != NULL && identity != NULL)
		verdict->object = psprintf("%s %s", type, identity);
	return true;
}

void
guard_verdict_reach(void *arg)
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
		AlterTableCmd *part = lfirst(lc);

		if (IsA(part, AlterTableCmd) &&
			part->subtype == AT_DetachPartition &&
			((PartitionCmd *) part->def)->concurrent)
			return true;
	}
	return false;
}

/*
 * The table or index of a command with CONCURRENTLY; NULL for any other.
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

/*
 * Does ALTER SUBSCRIPTION do something on the publisher?  It does where it
 * drops slots of tables, after it has asked for these, and where it alters its
 * own slot.
 */
static bool
reaches_publisher(const AlterSubscriptionStmt *alter)
{
	ListCell   *lc;

	foreach(lc, alter->options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "refresh") == 0)
			return defGetBoolean(option);
		if (strcmp(option->defname, "failover") == 0 ||
			strcmp(option->defname, "two_phase") == 0)
			return true;
	}
	return compat_refreshes_subscription(alter->kind) ||
		alter->kind == ALTER_SUBSCRIPTION_SET_PUBLICATION ||
		alter->kind == ALTER_SUBSCRIPTION_ADD_PUBLICATION ||
		alter->kind == ALTER_SUBSCRIPTION_DROP_PUBLICATION;
}

/* The subscription that a command alters like that or drops, or NULL. */
static const char *
subscription_at_publisher(Node *command)
{
	if (IsA(command, DropSubscriptionStmt))
		return ((DropSubscriptionStmt *) command)->subname;
	if (IsA(command, AlterSubscriptionStmt) &&
		reaches_publisher((AlterSubscriptionStmt *) command))
		return ((AlterSubscriptionStmt *) command)->subname;
	return NULL;
}

bool
guard_verdict_is_final(Node *command)
{
	return concurrent_relation(command) != NULL ||
		IsA(command, CreateSubscriptionStmt) ||
		subscription_at_publisher(command) != NULL;
}

/*
 * Does the command create an index only if the table's schema has nothing of
 * its name, and has it?
 */
static bool
finds_its_name(Node *command, Oid relid)
{
	IndexStmt  *index = (IndexStmt *) command;

	return IsA(command, IndexStmt) && index->if_not_exists &&
		OidIsValid(get_relname_relid(index->idxname,
									 get_rel_namespace(relid)));
}

bool
guard_verdict_will_be_final(Node *command)
{
	RangeVar   *relation = concurrent_relation(command);
	const char *subscription = subscription_at_publisher(command);
	Oid			relid = InvalidOid;

	if (IsA(command, CreateSubscriptionStmt))
		return true;
	if (subscription != NULL)
		return OidIsValid(get_subscription_oid(subscription, true));
	if (relation != NULL)
		relid = RangeVarGetRelid(relation, NoLock, true);
	return OidIsValid(relid) &&
		!isAnyTempNamespace(get_rel_namespace(relid)) &&
		!finds_its_name(command, relid);
}
