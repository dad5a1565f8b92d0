/*-------------------------------------------------------------------------
 *
 * jobs/restore.c
 *		Whose jobs a restore may bring.
 *
 * A dump is restored by INSERT or COPY, by a role that need not be a
 * superuser: the owner of the extension has that privilege on the tables of
 * the jobs.  It is not to become a way to run code as another role, so what
 * one brings must be of a role that one can become anyway.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "jobs/job.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(versioning_refuse_to_plant);

/* A column of the new row, or NULL; also if there is no such column. */
static char *
new_value(const TriggerData *trigger, const char *column)
{
	TupleDesc	columns = RelationGetDescr(trigger->tg_relation);
	int			number = SPI_fnumber(columns, column);

	return number <= 0 ? NULL :
		SPI_getvalue(trigger->tg_trigtuple, columns, number);
}

/* The role of the job that the row is of, or InvalidOid. */
static Oid
find_role(const TriggerData *trigger)
{
	char	   *role_name = new_value(trigger, "role_name");
	char	   *job_name = new_value(trigger, "job_name");
	Oid			role = InvalidOid;
	Job		   *job;

	if (role_name != NULL)
		return get_role_oid(role_name, true);
	SPI_connect();
	job = job_name == NULL ? NULL : jobs_job_find(job_name);
	if (job != NULL)
		role = job->role;
	SPI_finish();
	return role;
}

/* _v.refuse_to_plant(), a trigger BEFORE INSERT for each row */
Datum
versioning_refuse_to_plant(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by the trigger of a "
						"table of jobs")));
	if (!superuser())
	{
		Oid			role = find_role(trigger);

		if (!OidIsValid(role) || !compat_can_set_role(GetUserId(), role))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied to bring in a job of another "
							"role"),
					 errhint("Restore the dump as a superuser, or as a "
							 "role that can SET ROLE to it.")));
	}
	return PointerGetDatum(trigger->tg_trigtuple);
}
