/*-------------------------------------------------------------------------
 *
 * jobs/runner.c
 *		CALL _v.run_job() and CALL _v.run_jobs().
 *
 * Each step is a transaction of its own.  Between two of them the session has
 * no snapshot and no lock but the one that says that it runs the job, which
 * keeps nobody from anything: that is where it pauses, waits, and looks
 * whether it is to end.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "executor/spi.h"
#include "jobs/held.h"
#include "jobs/job.h"
#include "jobs/step.h"
#include "jobs/store.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

PG_FUNCTION_INFO_V1(versioning_run_job);
PG_FUNCTION_INFO_V1(versioning_run_jobs);

/* How long a runner waits in ms, after a step of which this has come */
#define BUSY_WAIT 50
#define FAILED_WAIT 100
#define FAILED_WAIT_MOST 1000
#define HELD_WAIT 1000

/* Raises 25001 where transactions cannot be committed. */
static void
check_may_commit(FunctionCallInfo fcinfo, const char *call)
{
	CallContext *context = (CallContext *) fcinfo->context;

	if (context != NULL && IsA(context, CallContext) && !context->atomic)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
			 errmsg("%s cannot run inside a transaction block", call),
			 errdetail("Each batch is a transaction of its own."),
			 errhint("Call it as a command of its own: CALL %s;", call)));
}

/*
 * What SPI_commit() does, and between the transactions PostgreSQL is told what
 * was changed.  It asks for that when a command has ended, so that autovacuum
 * would hear nothing of a table that a job works on for hours.
 *
 * What is allocated while SPI is connected is gone then.
 */
static void
commit_and_report(void)
{
	SPI_finish();
	HoldPinnedPortals();
	ForgetPortalSnapshots();
	CommitTransactionCommand();
	pgstat_report_stat(false);
	StartTransactionCommand();
	MemoryContextSwitchTo(PortalContext);
	SPI_connect_ext(SPI_OPT_NONATOMIC);
}

/*
 * Begins another transaction.  Whatever the session is set to, the next batch
 * must see what was committed meanwhile.
 */
static void
next_transaction(bool is_nested)
{
	if (is_nested)
	{
		SPI_commit();
		SPI_start_transaction();
	}
	else
		commit_and_report();
	if (XactIsoLevel != XACT_READ_COMMITTED)
		(void) set_config_option("transaction_isolation", "read committed",
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL,
								 true, 0, false);
}

/* Waits for so long, or until the deadline, if that is not 0. */
static void
wait(double ms, TimestampTz deadline)
{
	TimestampTz end = GetCurrentTimestamp() + (int64) (ms * 1000);

	if (deadline != 0 && deadline < end)
		end = deadline;
	for (;;)
	{
		TimestampTz now = GetCurrentTimestamp();

		CHECK_FOR_INTERRUPTS();
		if (now >= end)
			return;
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 (end - now) / 1000 + 1, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}

/* How long the runner waits after a step. */
static double
time_to_wait(const JobRunner *runner, JobStep step)
{
	switch (step)
	{
		case JOB_STEP_WORKED:
			return runner->pause;
		case JOB_STEP_FAILED:
			return Min(FAILED_WAIT * runner->failures, FAILED_WAIT_MOST);
		case JOB_STEP_BUSY:
			return BUSY_WAIT;
		case JOB_STEP_HELD:
			return HELD_WAIT;
		default:
			return 0;
	}
}

/*
 * Runs the job until that is over, or the deadline, if there is one; then also
 * until it is held back, or others do what is left.  Did it do anything?
 */
static bool
run(JobRunner *runner, TimestampTz deadline)
{
	MemoryContext context = AllocSetContextCreate(PortalContext,
												  "step of a job",
												  ALLOCSET_DEFAULT_SIZES);
	bool		worked = false;
	JobStep		step;

	jobs_job_start_running(runner->name);
	runner->counted_until = GetCurrentTimestamp();
	do
	{
		MemoryContextSwitchTo(context);
		step = jobs_step_run(runner);
		MemoryContextSwitchTo(PortalContext);
		MemoryContextReset(context);
		next_transaction(runner->is_nested);
		worked = worked || step == JOB_STEP_WORKED;
		if (deadline != 0 &&
			(step == JOB_STEP_HELD || step == JOB_STEP_BUSY))
			break;
		wait(time_to_wait(runner, step), deadline);
	} while (step != JOB_STEP_OVER &&
			 (deadline == 0 || GetCurrentTimestamp() < deadline));
	jobs_job_stop_running(runner->name);
	MemoryContextDelete(context);
	return worked;
}

/* Raises 55000: the job has failed. */
static void
report_failed(const Job *job)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("job \"%s\" has failed", job->name),
			 job->last_error == NULL ? 0 :
			 errdetail_internal("%s", job->last_error),
			 errhint("When the cause is removed: SELECT _v.resume_job(%s);",
					 quote_literal_cstr(job->name))));
}

/* Says how it has ended.  Raises 55000 if the job has failed. */
static void
report_end(const char *name)
{
	Job		   *job;

	EnsurePortalSnapshotExists();
	job = jobs_job_find(name);
	if (job == NULL)
		ereport(NOTICE, (errmsg("job \"%s\" was canceled", name)));
	else if (strcmp(job->state, "failed") == 0)
		report_failed(job);
	else if (strcmp(job->state, "paused") == 0)
		ereport(NOTICE,
				(errmsg("job \"%s\" is paused", name),
				 errhint("To go on with it: SELECT _v.resume_job(%s);",
						 quote_literal_cstr(name))));
	else if (strcmp(job->state, "done") == 0)
		ereport(NOTICE, (errmsg("job \"%s\" is done", name)));
}

/* Raises 25006 on a standby. */
static void
check_not_standby(const char *call)
{
	if (RecoveryInProgress())
		ereport(ERROR,
				(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
				 errmsg("cannot execute %s during recovery", call),
				 errhint("Jobs run on the primary.")));
}

/* Raises 55000 on a subscriber. */
static void
check_not_subscriber(const Job *job)
{
	const char *subscription = jobs_held_subscription(job);

	if (subscription != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("job \"%s\" does not run on a subscriber", job->name),
				 errdetail("Subscription \"%s\" writes to table %s, or to "
						   "_v.job_list.", subscription, job->table),
				 errhint("Run the job where the rows come from.")));
}

/* _v.run_job(text) */
Datum
versioning_run_job(PG_FUNCTION_ARGS)
{
	JobRunner	runner = {.name = jobs_job_argument(fcinfo, 0)};
	Job		   *job;

	check_not_standby("_v.run_job()");
	check_may_commit(fcinfo, psprintf("_v.run_job(%s)",
									  quote_literal_cstr(runner.name)));
	runner.is_nested = SPI_inside_nonatomic_context();
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	job = jobs_job_get(runner.name);
	jobs_job_check_privilege(job);
	check_not_subscriber(job);
	next_transaction(runner.is_nested);
	(void) run(&runner, 0);
	report_end(runner.name);
	SPI_finish();
	PG_RETURN_NULL();
}

/*
 * The names of the jobs that are due and that we may run: C strings, that live
 * as long as the command.
 */
static List *
due_jobs(void)
{
	uint64		count;
	List	   *names = NIL;
	List	   *allowed = NIL;
	ListCell   *lc;

	EnsurePortalSnapshotExists();
	count = jobs_store("SELECT job_name FROM _v.job_list"
					   " WHERE state = 'waiting'"
					   " ORDER BY registered_at, job_name", NULL);
	for (uint64 i = 0; i < count; i++)
		names = lappend(names, jobs_store_value(i, 0));
	jobs_store_free();
	foreach(lc, names)
	{
		const Job  *job = jobs_job_find(lfirst(lc));
		bool		is_allowed = job != NULL && jobs_job_is_allowed(job) &&
			jobs_held_subscription(job) == NULL;

		MemoryContextSwitchTo(PortalContext);
		if (is_allowed)
			allowed = lappend(allowed, pstrdup(lfirst(lc)));
	}
	return allowed;
}

/* Runs each of the jobs.  Did any of them do anything? */
static bool
run_each(List *names, TimestampTz deadline, bool is_nested)
{
	bool		worked = false;
	ListCell   *lc;

	foreach(lc, names)
	{
		JobRunner	runner = {.name = lfirst(lc), .is_nested = is_nested};

		if (GetCurrentTimestamp() < deadline)
			worked = run(&runner, deadline) || worked;
		if (strcmp(runner.state, "failed") == 0)
			ereport(WARNING,
					(errmsg("job \"%s\" has failed", runner.name),
					 errhint("The view _v.jobs has the error.")));
	}
	return worked;
}

/* _v.run_jobs(interval) */
Datum
versioning_run_jobs(PG_FUNCTION_ARGS)
{
	Datum		now = TimestampTzGetDatum(GetCurrentTimestamp());
	TimestampTz deadline;
	bool		is_nested;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("in_for must not be null")));
	deadline = DatumGetTimestampTz(
		DirectFunctionCall2(timestamptz_pl_interval, now, PG_GETARG_DATUM(0)));
	if (RecoveryInProgress())
	{
		ereport(NOTICE, (errmsg("no job is run on a standby")));
		PG_RETURN_NULL();
	}
	check_may_commit(fcinfo, "_v.run_jobs('1 minute')");
	is_nested = SPI_inside_nonatomic_context();
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	next_transaction(is_nested);
	while (GetCurrentTimestamp() < deadline)
	{
		List	   *names = due_jobs();

		next_transaction(is_nested);
		if (names == NIL || !run_each(names, deadline, is_nested))
			break;
	}
	SPI_finish();
	PG_RETURN_NULL();
}
