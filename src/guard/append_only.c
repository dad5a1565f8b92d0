/*-------------------------------------------------------------------------
 *
 * guard/append_only.c
 *		Triggers that keep the journals as they are.
 *
 * Only the functions of the extension add rows, past all triggers, and nobody
 * changes or deletes any.  A dump is restored by INSERT or COPY, though, by a
 * role that need not be a superuser: so whoever has the privilege may bring
 * rows into journals that were just created.  The first row that the extension
 * itself writes, to one or the other, ends that for good.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "changes/journal.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "history/history.h"
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

/* _v.refuse_to_forge(), a trigger on INSERT */
Datum
versioning_refuse_to_forge(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo) || history_was_written() ||
		changes_journal_was_written())
		refuse(fcinfo, "Only the functions of the extension add to it, once "
			   "they have begun to.");
	return PointerGetDatum(NULL);
}

/* _v.refuse_to_forget(), a trigger on UPDATE, DELETE and TRUNCATE */
Datum
versioning_refuse_to_forget(PG_FUNCTION_ARGS)
{
	refuse(fcinfo, "What has happened stays in it.");
	PG_RETURN_NULL();			/* keep the compiler quiet */
}
