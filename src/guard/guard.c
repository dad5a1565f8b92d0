/*-------------------------------------------------------------------------
 *
 * guard/guard.c
 *		No change without a patch: event trigger functions.
 *
 * It is a guard rail for those who would change a database by hand in good
 * faith, not a wall.  What it cannot know to be harmless it refuses; at a
 * session that is in a patch it does not even look.
 *
 * It looks when the command has run (ddl_command_end), for only then it is
 * known what was changed, and undoes it by an error.  What that cannot undo,
 * as CREATE INDEX CONCURRENTLY, which runs in several transactions, is to be
 * refused before it runs (ddl_command_start).  REFRESH MATERIALIZED VIEW keeps
 * from event triggers the commands that it runs, and with its own those of
 * users' functions; before one of these runs, we ask that it be told.
 *
 * The extension may be a role's that is no superuser, but its event triggers
 * are a superuser's.  DROP EXTENSION, or whatever else drops it, takes them
 * along by CASCADE, and asks for no privilege on them: those on
 * ddl_command_end are gone when that comes.  The one on ddl_command_start has
 * run before, so that we are there to see each object go, and to keep it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/attempt.h"
#include "base/settings.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_event_trigger.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "guard/guard.h"
#include "guard/verdict.h"
#include "history/current.h"
#include "history/history.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(versioning_require_patch);
PG_FUNCTION_INFO_V1(versioning_warn_without_patch);

/* SQLSTATE VP001.  PostgreSQL and the standard have no class VP. */
#define ERRCODE_CHANGE_WITHOUT_PATCH MAKE_SQLSTATE('V', 'P', '0', '0', '1')

/*
 * The function that an event trigger on ddl_command_start has called in this
 * session, if it is _v.require_patch(): nothing else says that a trigger is
 * ours.
 */
static Oid	guard_function = InvalidOid;

/* We are one in a chain of those who want to see what is done to objects. */
static object_access_hook_type next_object_access = NULL;

/* What a superuser takes past us */
typedef struct Bypass
{
	const EventTriggerData *event;
	const Verdict *verdict;
} Bypass;

/* Is this ALTER EXTENSION versioning UPDATE? */
static bool
updates_us(Node *command)
{
	return IsA(command, AlterExtensionStmt) &&
		strcmp(((AlterExtensionStmt *) command)->extname, "versioning") == 0;
}

/*
 * Does the command pass without a look at what it did?  It does in a patch, in
 * the script of an extension, in pg_upgrade, and if it makes nothing new out
 * of what is there.
 */
static bool
passes(Node *command)
{
	return history_current_get() != NULL ||
		creating_extension ||
		IsBinaryUpgrade ||
		IsA(command, RefreshMatViewStmt) ||
		IsA(command, ReindexStmt) ||
		updates_us(command);
}

/* Is the object of the verdict known? */
static bool
is_known(const Verdict *verdict)
{
	return verdict->object != NULL && *verdict->object != '\0';
}

/*
 * Writes a bypass to history: the command's name and its object.  The text of
 * the query may hold a secret, and everybody reads the history.  For
 * attempt_run(): takes a Bypass.
 */
static void
write_bypass(void *arg)
{
	const Bypass *bypass = arg;
	const char *tag = GetCommandTagName(bypass->event->tag);

	history_add(HISTORY_GUARD_BYPASSED, NULL,
				is_known(bypass->verdict) ?
				psprintf("%s: %s", tag, bypass->verdict->object) : tag);
}

/* Raises VP001 at elevel. */
static void
report_change(const EventTriggerData *event, const Verdict *verdict,
			  int elevel)
{
	const char *tag = GetCommandTagName(event->tag);
	bool		is_half_done = strcmp(event->event, "ddl_command_end") == 0 &&
		guard_verdict_is_final(event->parsetree);

	ereport(elevel,
			(errcode(ERRCODE_CHANGE_WITHOUT_PATCH),
			 errmsg(elevel < ERROR ? "%s outside a patch%s%s" :
					"cannot execute %s outside a patch%s%s",
					tag, is_known(verdict) ? ": " : "",
					is_known(verdict) ? verdict->object : ""),
			 is_half_done && elevel >= ERROR ?
			 errdetail("What it has done outside this transaction is not "
					   "rolled back.  An event trigger ON "
					   "ddl_command_start refuses it before it runs.") : 0,
			 errhint("A patch begins with: "
					 "SELECT _v.register_patch('NAME', NULL, NULL);")));
}

/*
 * Before the command: raises at elevel what would be done for good at its
 * end.  A warning is given then.
 */
static void
guard_start(EventTriggerData *event, int elevel)
{
	static const Verdict not_yet = {0};

	if (elevel >= ERROR && !settings_bypass_guard() &&
		guard_verdict_will_be_final(event->parsetree))
		report_change(event, &not_yet, elevel);
}

/*
 * After the command: raises at elevel if it has changed anything.  If what it
 * did cannot be found out, that is a WARNING, and a change.
 */
static void
guard_end(EventTriggerData *event, int elevel)
{
	Verdict		verdict = {.command = event->parsetree};
	Bypass		bypass = {event, &verdict};

	/* Where nothing was written, nothing was changed. */
	if (!TransactionIdIsValid(GetTopTransactionIdIfAny()))
		return;
	if (!attempt_run(guard_verdict_reach, &verdict,
					 "could not find out what was changed"))
		verdict.is_change = true;
	if (!verdict.is_change)
		return;

	if (settings_bypass_guard())
		attempt_run(write_bypass, &bypass,
					"could not write to history what bypassed the guard");
	else
		report_change(event, &verdict, elevel);
}

/* Raises 42501: the current user would drop the guard with the extension. */
static void
refuse_to_drop(const FormData_pg_event_trigger *trigger)
{
	const char *name = NameStr(trigger->evtname);

	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("cannot drop extension versioning while it guards the "
					"database"),
			 errdetail("Event trigger \"%s\", which belongs to role \"%s\", "
					   "would be dropped with it.",
					   name, GetUserNameFromId(trigger->evtowner, false)),
			 errhint("A superuser can drop it first: DROP EVENT TRIGGER %s;",
					 quote_identifier(name))));
}

/*
 * An event trigger is about to be dropped.  If it is the guard's on
 * ddl_command_start, that takes a role that could drop it by its name.
 */
static void
check_drop(Oid event_trigger)
{
	HeapTuple	row = SearchSysCache1(EVENTTRIGGEROID,
									  ObjectIdGetDatum(event_trigger));
	FormData_pg_event_trigger trigger;

	if (!HeapTupleIsValid(row))
		return;
	memcpy(&trigger, GETSTRUCT(row), sizeof(trigger));
	ReleaseSysCache(row);
	if (trigger.evtfoid == guard_function &&
		trigger.evtenabled != TRIGGER_DISABLED &&
		namestrcmp(&trigger.evtevent, "ddl_command_start") == 0 &&
		!has_privs_of_role(GetUserId(), trigger.evtowner))
		refuse_to_drop(&trigger);
}

/* Sees what is dropped, and hands on. */
static void
object_access(ObjectAccessType access, Oid class, Oid object, int part,
			  void *arg)
{
	if (next_object_access != NULL)
		next_object_access(access, class, object, part, arg);
	if (access == OAT_DROP && class == EventTriggerRelationId &&
		OidIsValid(guard_function))
		check_drop(object);
}

void
guard_init(void)
{
	next_object_access = object_access_hook;
	object_access_hook = object_access;
}

/* What both functions do. */
static Datum
guard(FunctionCallInfo fcinfo, int elevel)
{
	EventTriggerData *event = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by an event trigger")));

	if (strcmp(event->event, "ddl_command_start") == 0)
		EventTriggerUndoInhibitCommandCollection();
	if (elevel >= ERROR && strcmp(event->event, "ddl_command_start") == 0)
		guard_function = fcinfo->flinfo->fn_oid;
	if (event->parsetree != NULL && passes(event->parsetree))
		PG_RETURN_NULL();
	if (strcmp(event->event, "ddl_command_end") == 0)
		guard_end(event, elevel);
	else if (strcmp(event->event, "ddl_command_start") == 0)
		guard_start(event, elevel);
	else
		ereport(WARNING,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("an event trigger on %s guards nothing",
						event->event),
				 errhint("Create it ON ddl_command_end.")));
	PG_RETURN_NULL();
}

/* _v.require_patch() */
Datum
versioning_require_patch(PG_FUNCTION_ARGS)
{
	return guard(fcinfo, ERROR);
}

/* _v.warn_without_patch() */
Datum
versioning_warn_without_patch(PG_FUNCTION_ARGS)
{
	return guard(fcinfo, WARNING);
}
