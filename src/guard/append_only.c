/*-------------------------------------------------------------------------
 *
 * guard/append_only.c
 *		Triggers that keep the journals as they are.
 *
 * Only the functions of the extension add rows, past all triggers, and nobody
 * changes or deletes any.  A dump is restored by INSERT or COPY, though, by a
 * role that need not be a superuser: so whoever has the privilege may bring
 * rows into journals that were just created.  The first row that the extension
 * itself writes, to any of them, ends that for good.  It is looked at for
 * each row, for a statement may have begun long before.
 *
 * The rows of another server go on coming by logical replication, if that runs
 * as a superuser.  A subscription of another role must not be a way around.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "changes/journal.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "history/attempts.h"
#include "history/history.h"
#include "miscadmin.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(versioning_refuse_to_forge);
PG_FUNCTION_INFO_V1(versioning_refuse_to_forget);

/* Raises 42501 about the table of the trigger; 39P01 without a trigger. */
static void
refuse(FunctionCallInfo fcinfo, const char *detail)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by a trigger")));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("table \"%s\" is append-only",
					RelationGetRelationName(trigger->tg_relation)),
			 errdetail_internal("%s", detail)));
}

/* Does a superuser bring in the rows of another server? */
static bool
is_replication(void)
{
	return SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA &&
		superuser();
}

/* The row as it is to be, for a trigger before it that lets it pass. */
static Datum
pass(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
						   trigger->tg_newtuple : trigger->tg_trigtuple);
}

/* _v.refuse_to_forge(), a trigger on INSERT for each row */
Datum
versioning_refuse_to_forge(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(!is_replication() &&
		 (history_was_written() || changes_journal_was_written() ||
		  history_attempts_was_written())))
		refuse(fcinfo, "Only the functions of the extension add to it, once "
			   "they have begun to.");
	return pass(fcinfo);
}

/*
 * _v.refuse_to_forget(), a trigger on UPDATE, DELETE and TRUNCATE.  For each
 * row it sees to what fires no trigger for a statement: logical replication.
 */
Datum
versioning_refuse_to_forget(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (CALLED_AS_TRIGGER(fcinfo) &&
		TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && is_replication())
		return pass(fcinfo);
	refuse(fcinfo, "What has happened stays in it.");
	PG_RETURN_NULL();			/* keep the compiler quiet */
}
