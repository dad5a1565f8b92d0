/*-------------------------------------------------------------------------
 *
 * jobs/state.c
 *		A job is paused, resumed, canceled, set, and asked for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "history/history.h"
#include "jobs/cancel.h"
#include "jobs/job.h"
#include "jobs/moved.h"
#include "jobs/settings.h"
#include "jobs/store.h"
#include "jobs/trigger.h"
#include "utils/builtins.h"
#include "utils/guc.h"

PG_FUNCTION_INFO_V1(versioning_pause_job);
PG_FUNCTION_INFO_V1(versioning_resume_job);
PG_FUNCTION_INFO_V1(versioning_cancel_job);
PG_FUNCTION_INFO_V1(versioning_assert_job_is_done);
PG_FUNCTION_INFO_V1(versioning_set_job);

/*
 * The job of the first argument, of which the caller may dispose.  Waits for
 * the batches that are at work: when they have locked rows, they are not to
 * wait for somebody who is slow to commit.
 */
static Job *
job_of_caller(FunctionCallInfo fcinfo)
{
	char	   *name = jobs_job_argument(fcinfo, 0);

	SPI_connect();
	jobs_job_check_privilege(jobs_job_get(name));
	jobs_job_lock(name, ExclusiveLock);
	return jobs_job_get(name);
}

/* Raises 55000: that cannot be done to a job in this state. */
static void
report_state(const Job *job, const char *action)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("job \"%s\" cannot be %s", job->name, action),
			 strcmp(job->state, "failed") == 0 ?
			 errdetail("It has failed.") :
			 errdetail("It is %s.", job->state)));
}

/* _v.pause_job(text) */
Datum
versioning_pause_job(PG_FUNCTION_ARGS)
{
	Job		   *job = job_of_caller(fcinfo);

	if (jobs_store("UPDATE _v.job_list SET state = 'paused', held_back = NULL"
				   " WHERE job_name = $1 AND state = 'waiting'",
				   job->name) > 0)
		history_add_job(HISTORY_JOB_PAUSED, job->patch_name, job->name);
	else
	{
		if (strcmp(job->state, "paused") != 0)
			report_state(job, "paused");
		ereport(NOTICE, (errmsg("job \"%s\" is paused already", job->name)));
	}
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * A job that has gone through all rows, and whose check has failed, begins
 * anew.  Nobody may note any longer what was done in the pass before.
 */
static void
begin_new_pass(const Job *job)
{
	jobs_moved_forget(job->name);
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET last_key = NULL, cursor = NULL,"
					  "       handed_out = false, rows_done = 0,"
					  "       batches_done = 0, run_ms = 0"
					  " WHERE job_name = $1", job->name);
}

/* Has the job gone through all rows? */
static bool
is_through(const Job *job)
{
	return job->handed_out && !jobs_moved_is_left(job) &&
		jobs_store("SELECT FROM _v.job_pieces WHERE job_name = $1",
				   job->name) == 0;
}

/* _v.resume_job(text) */
Datum
versioning_resume_job(PG_FUNCTION_ARGS)
{
	Job		   *job = job_of_caller(fcinfo);

	if (jobs_store("UPDATE _v.job_list"
				   "   SET state = 'waiting', last_error = NULL,"
				   "       finished_at = NULL"
				   " WHERE job_name = $1 AND state IN ('paused', 'failed')",
				   job->name) > 0)
	{
		(void) jobs_store("UPDATE _v.job_pieces"
						  "   SET given_up = false, tries = 0, error = NULL"
						  " WHERE job_name = $1", job->name);
		(void) jobs_store("UPDATE _v.job_moved"
						  "   SET given_up = false, error = NULL"
						  " WHERE job_name = $1 AND given_up", job->name);
		if (strcmp(job->state, "failed") == 0 && is_through(job))
			begin_new_pass(job);
		history_add_job(HISTORY_JOB_RESUMED, job->patch_name, job->name);
	}
	else
	{
		if (strcmp(job->state, "waiting") != 0)
			report_state(job, "resumed");
		ereport(NOTICE,
				(errmsg("job \"%s\" is neither paused, nor has it failed",
						job->name)));
	}
	SPI_finish();
	PG_RETURN_VOID();
}

/* _v.cancel_job(text) */
Datum
versioning_cancel_job(PG_FUNCTION_ARGS)
{
	Job		   *job = job_of_caller(fcinfo);

	jobs_cancel(job->name);
	SPI_finish();
	PG_RETURN_VOID();
}

/* How far a job is that is not done, for people. */
static char *
describe_state(const char *name)
{
	if (jobs_store("SELECT format('It %s%s.', CASE state WHEN 'failed'"
				   "              THEN 'has failed' ELSE 'is ' || state END,"
				   "              ', at ' ||"
				   "              round((share * 100)::numeric) || ' %')"
				   "  FROM _v.jobs WHERE job_name = $1", name) == 0)
		return "There is no such job.";
	return jobs_store_value(0, 0);
}

/* The same for a shell, if that would take the name as it is. */
static const char *
shell_hint(const char *name)
{
	static const char *const plain = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *name == '-' || name[strspn(name, plain)] != '\0' ? "" :
		psprintf(" or: versioning run %s", name);
}

/* _v.assert_job_is_done(text) */
Datum
versioning_assert_job_is_done(PG_FUNCTION_ARGS)
{
	char	   *name = jobs_job_argument(fcinfo, 0);
	Job		   *job;

	SPI_connect();
	job = jobs_job_find(name);
	if (job == NULL || strcmp(job->state, "done") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Job \"%s\" is not done.", name),
				 errdetail_internal("%s", describe_state(name)),
				 job == NULL ? errhint("The view _v.jobs lists the jobs.") :
				 errhint("CALL _v.run_job(%s);%s",
						 quote_literal_cstr(name), shell_hint(name))));
	if (jobs_job_is_allowed(job))
	{
		jobs_trigger_drop(job);
		jobs_moved_tidy_up(name);
	}
	SPI_finish();
	PG_RETURN_VOID();
}

/* The name of a setting without what all of them begin with. */
static const char *
short_name(const char *setting)
{
	static const char *const prefixes[] = {"versioning.", "job_"};

	for (size_t i = 0; i < lengthof(prefixes); i++)
		if (strncmp(setting, prefixes[i], strlen(prefixes[i])) == 0)
			setting += strlen(prefixes[i]);
	return setting;
}

/* Raises 42704 unless it is one of the settings. */
static void
check_setting(const char *name)
{
	const char *full = psprintf("versioning.job_%s", name);

	if (strchr(name, '=') == NULL &&
		GetConfigOption(full, true, false) != NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("setting \"%s\" does not exist", full),
			 errhint("SELECT name, short_desc FROM pg_settings "
					 "WHERE name LIKE 'versioning.job\\_%%';")));
}

/* _v.set_job(text, text, text) */
Datum
versioning_set_job(PG_FUNCTION_ARGS)
{
	Job		   *job = job_of_caller(fcinfo);
	const char *name;
	char	   *value = PG_ARGISNULL(2) ? NULL :
		text_to_cstring(PG_GETARG_TEXT_PP(2));

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("in_setting must not be null")));
	name = short_name(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	check_setting(name);
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET settings ="
					  "       ARRAY(SELECT s FROM unnest(settings) AS s"
					  "              WHERE split_part(s, '=', 1) <> $2) ||"
					  "       ARRAY(SELECT $2 || '=' || $3"
					  "              WHERE $3 IS NOT NULL)"
					  " WHERE job_name = $1", job->name, name, value);
	(void) jobs_settings_of(jobs_job_get(job->name)->settings);
	SPI_finish();
	PG_RETURN_VOID();
}
