/*-------------------------------------------------------------------------
 *
 * changes/record.c
 *		_v.record_changes(), an event trigger: which patch changed what.
 *
 * It is for ddl_command_end and for sql_drop; PostgreSQL fires both for a
 * command that drops something.  Each gathers what the command did, and writes
 * a row for each object, in the transaction of the command.
 *
 * Whatever goes wrong here does not harm the command: what we did is rolled
 * back, and a WARNING says that the change was not recorded.
 *
 * What the script of an extension does is not recorded, but CREATE EXTENSION
 * itself; nor is what pg_upgrade does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/attempt.h"
#include "changes/commands.h"
#include "changes/drops.h"
#include "changes/journal.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(versioning_record_changes);

/* Writes what the command of the event has changed; for attempt_run(). */
static void
record(void *arg)
{
	EventTriggerData *trigger = arg;

	if (strcmp(trigger->event, "sql_drop") == 0)
		changes_journal_write(changes_drops_gather(trigger));
	else
		changes_journal_write(changes_commands_gather(trigger));
}

/* Raises 39P03 if this is no event trigger, or one for another event. */
static EventTriggerData *
event_of_call(FunctionCallInfo fcinfo)
{
	EventTriggerData *trigger = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo) ||
		(strcmp(trigger->event, "ddl_command_end") != 0 &&
		 strcmp(trigger->event, "sql_drop") != 0))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("_v.record_changes() is for an event trigger "
						"on ddl_command_end or sql_drop")));
	return trigger;
}

/* _v.record_changes() */
Datum
versioning_record_changes(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigger = event_of_call(fcinfo);
	bool		quotes = quote_all_identifiers;

	if (IsBinaryUpgrade || creating_extension)
		PG_RETURN_NULL();

	/* An identity is not to depend on what the session has set. */
	quote_all_identifiers = false;
	PG_TRY();
	{
		attempt_run(record, trigger, "change was not recorded");
	}
	PG_FINALLY();
	{
		quote_all_identifiers = quotes;
	}
	PG_END_TRY();
	PG_RETURN_NULL();
}
