/*-------------------------------------------------------------------------
 *
 * jobs/step.c
 *		What a runner of a job does next, in one transaction.
 *
 * A batch runs in a subtransaction, so that its failure can be noted in the
 * transaction that holds its piece.  The row of the job is written last: who
 * writes it waits for nothing but the commit of another one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/attempt.h"
#include "executor/spi.h"
#include "history/history.h"
#include "jobs/batch.h"
#include "jobs/held.h"
#include "jobs/moved.h"
#include "jobs/piece.h"
#include "jobs/step.h"
#include "jobs/store.h"
#include "tcop/pquery.h"
#include "utils/timestamp.h"

/*
 * How many rows a part of a batch has at most: those that it has locked are
 * still in the cache of the processor when the statement comes to them.
 */
#define PART_SIZE 2000

/* The longest a batch may get, in rows */
#define GREATEST_SIZE 1000000

/* How often it is looked whether a job is held back, in ms */
#define LOOK_INTERVAL 1000

/* What is tried in a subtransaction, and what of it is known afterwards */
typedef struct Attempt
{
	JobBatch	batch;
	JobPiece   *piece;			/* NULL for rows whose key has changed */
	int			size;			/* the most rows that the batch may have */
	instr_time	begin;
	int			rows;			/* that it has found */
	int64		done;			/* those of them that it has not left out */
	int64		wrong;			/* what the check has counted */
} Attempt;

/* How long it is since a moment, in ms. */
static double
elapsed(instr_time since)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, since);
	return INSTR_TIME_GET_MILLISEC(now);
}

/*
 * What is tried; each has an SPI connection of its own, which ends with it.
 *
 * A batch runs in parts.  It is over when it has come to its size, or to its
 * time.
 */
static void
work_on_piece(void *arg)
{
	Attempt    *attempt = arg;
	JobPiece	piece = *attempt->piece;
	bool		is_more;

	do
	{
		SPI_connect();
		is_more = jobs_piece_work(&attempt->batch, &piece,
								  Min(attempt->size - attempt->rows,
									  PART_SIZE));
		SPI_finish();
		attempt->rows += attempt->batch.count;
		attempt->done += attempt->batch.done;
	} while (is_more && attempt->rows < attempt->size &&
			 elapsed(attempt->begin) < attempt->batch.settings->batch_time);
}

static void
work_on_moved(void *arg)
{
	Attempt    *attempt = arg;

	SPI_connect();
	jobs_moved_work(&attempt->batch, Min(attempt->size, PART_SIZE));
	SPI_finish();
	attempt->rows = attempt->batch.count;
	attempt->done = attempt->batch.done;
}

static void
hand_out(void *arg)
{
	Attempt    *attempt = arg;

	SPI_connect();
	jobs_piece_hand_out(attempt->batch.job, attempt->batch.settings,
						attempt->size);
	SPI_finish();
}

/* Counts what is not right yet, as the role of the job. */
static void
check(void *arg)
{
	Attempt    *attempt = arg;
	const Job  *job = attempt->batch.job;
	JobRole		before;
	char	   *count;

	SPI_connect();
	before = jobs_role_begin_statement(job, attempt->batch.settings);
	if (SPI_execute(job->check, true, 0) != SPI_OK_SELECT ||
		SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("the check of job \"%s\" did not return one row",
						job->name)));
	count = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (count == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the check of job \"%s\" returned NULL",
						job->name)));
	attempt->wrong = strtoll(count, NULL, 10);
	jobs_role_end(&before);
	SPI_finish();
}

/* The size for the next batch, by how long this one has taken. */
static int
next_size(int size, double ms, int target)
{
	double		factor = ms <= 0 ? 2.0 : target / ms;

	factor = Min(Max(factor, 0.5), 2.0);
	return Min(Max((int) (size * factor), 1), GREATEST_SIZE);
}

/* The time of the runner since this was asked last, in ms. */
static char *
runner_time(JobRunner *runner)
{
	TimestampTz now = GetCurrentTimestamp();
	int64		ms = (now - runner->counted_until) / 1000;

	runner->counted_until = now;
	return psprintf("%lld", (long long) Max(ms, 0));
}

/* A batch is done. */
static JobStep
note_done(JobRunner *runner, const Attempt *attempt, double ms)
{
	int			size = attempt->size;

	/* One that was cut short says little of how long a full one takes. */
	if (attempt->rows >= size ||
		ms > attempt->batch.settings->batch_time)
		size = next_size(size, ms, attempt->batch.settings->batch_time);
	runner->pause = ms * attempt->batch.settings->pause;
	runner->failures = 0;
	runner->size = size;
	runner->locks_itself = attempt->batch.locks_itself;
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET rows_done = rows_done + $2::bigint,"
					  "       batches_done = batches_done + 1,"
					  "       next_size = $3::int,"
					  "       run_ms = run_ms + $4::bigint,"
					  "       last_error = NULL"
					  " WHERE job_name = $1", attempt->batch.job->name,
					  psprintf(INT64_FORMAT, attempt->done),
					  psprintf("%d", size), runner_time(runner));
	return JOB_STEP_WORKED;
}

/* The job has come to this state by itself.  Did it? */
static bool
end_job(const Job *job, const char *state, const char *error)
{
	bool		is_done = strcmp(state, "done") == 0;

	if (jobs_store("UPDATE _v.job_list"
				   "   SET state = $2, held_back = NULL, last_error = $3,"
				   "       finished_at = clock_timestamp()"
				   " WHERE job_name = $1 AND state = 'waiting'",
				   job->name, state, error) == 0)
		return false;
	history_add_job(is_done ? HISTORY_JOB_DONE : HISTORY_JOB_FAILED,
					job->patch_name, job->name);
	return true;
}

/* Will it go away by itself, as it was another session's doing? */
static bool
is_passing(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ||
		error->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED ||
		error->sqlerrcode == ERRCODE_T_R_SERIALIZATION_FAILURE;
}

/* What is said of an error: not its detail, which may have a whole row. */
static char *
describe(const ErrorData *error, const JobBatch *batch)
{
	const char *keys = "";

	if (batch->first != NULL)
		keys = strcmp(batch->first, batch->last) == 0 ?
			psprintf(", at key %s", batch->first) :
			psprintf(", at keys %s to %s", batch->first, batch->last);
	return psprintf("%s%s", error->message, keys);
}

/* The next batch is to be half of this one. */
static void
halve(JobRunner *runner, const Attempt *attempt, const char *error)
{
	runner->size = Max(attempt->size / 2, 1);
	(void) jobs_store("UPDATE _v.job_list"
					  "   SET next_size = $2::int, last_error = $3"
					  " WHERE job_name = $1", attempt->batch.job->name,
					  psprintf("%d", runner->size), error);
}

/*
 * A batch has failed, and was rolled back.  A row that has failed often enough
 * alone is given up, and the job goes on without it, or stops.
 */
static JobStep
note_failure(JobRunner *runner, Attempt *attempt, const ErrorData *error)
{
	const Job  *job = attempt->batch.job;
	const JobSettings *settings = attempt->batch.settings;
	char	   *text = describe(error, &attempt->batch);
	int			tries = attempt->piece == NULL ? runner->failures :
		attempt->piece->tries;

	runner->failures++;
	if (error->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED)
		runner->locks_first = true;
	if (attempt->piece != NULL)
		jobs_piece_note_try(job, attempt->piece, !is_passing(error), text);
	if (is_passing(error) || attempt->size > 1 ||
		tries + 1 < settings->tries)
	{
		halve(runner, attempt, text);
		return JOB_STEP_FAILED;
	}
	if (attempt->piece != NULL)
		jobs_piece_give_up(&attempt->batch, attempt->piece, text);
	else
		jobs_moved_give_up(&attempt->batch, text);
	runner->failures = 0;
	halve(runner, attempt, text);
	if (!settings->goes_on)
		(void) end_job(job, "failed", text);
	return JOB_STEP_AGAIN;
}

/* Runs a batch. */
static JobStep
run_batch(JobRunner *runner, Attempt *attempt)
{
	ErrorData  *error;

	INSTR_TIME_SET_CURRENT(attempt->begin);
	error = attempt_catch(attempt->piece == NULL ? work_on_moved :
						  work_on_piece, attempt);
	if (error != NULL && attempt->batch.has_missed)
	{
		runner->locks_first = true;
		return JOB_STEP_AGAIN;
	}
	if (error != NULL)
		return note_failure(runner, attempt, error);
	return note_done(runner, attempt, elapsed(attempt->begin));
}

/* Something other than a batch has failed. */
static JobStep
note_other_failure(JobRunner *runner, const Attempt *attempt,
				   const ErrorData *error)
{
	JobBatch	no_batch = {0};
	char	   *text = describe(error, &no_batch);

	runner->failures++;
	if (is_passing(error))
	{
		halve(runner, attempt, text);
		return JOB_STEP_FAILED;
	}
	(void) end_job(attempt->batch.job, "failed", text);
	return JOB_STEP_AGAIN;
}

/* Hands out a further piece. */
static JobStep
run_hand_out(JobRunner *runner, Attempt *attempt)
{
	ErrorData  *error = attempt_catch(hand_out, attempt);

	if (error != NULL)
		return note_other_failure(runner, attempt, error);
	return JOB_STEP_AGAIN;
}

/* What is said of the batches that were given up; NULL if there are none. */
static char *
given_up(const Job *job)
{
	char	   *text;

	(void) jobs_store("SELECT format('%s given up, the last one after: %s',"
					  "              CASE count(*) WHEN 1"
					  "              THEN 'a batch was'"
					  "              ELSE count(*) || ' batches were' END,"
					  "              (array_agg(error ORDER BY number))"
					  "              [count(*)])"
					  "  FROM (SELECT number, error FROM _v.job_pieces"
					  "         WHERE job_name = $1 AND given_up"
					  "         UNION ALL"
					  "        SELECT NULL, error FROM _v.job_moved"
					  "         WHERE job_name = $1 AND given_up) AS g"
					  " HAVING count(*) > 0", job->name);
	text = SPI_processed == 0 ? NULL : jobs_store_value(0, 0);
	jobs_store_free();
	return text;
}

/* All rows were in a batch: is all well? */
static JobStep
finish(JobRunner *runner, Attempt *attempt)
{
	const Job  *job = attempt->batch.job;
	char	   *failure = given_up(job);
	ErrorData  *error = NULL;

	if (job->check != NULL && failure == NULL)
		error = attempt_catch(check, attempt);
	if (error != NULL)
		return note_other_failure(runner, attempt, error);
	if (failure != NULL)
		(void) end_job(job, "failed", failure);
	else if (attempt->wrong != 0)
		(void) end_job(job, "failed",
					   psprintf("all rows were worked on, and the check "
								"counts %lld that are not right",
								(long long) attempt->wrong));
	else if (end_job(job, "done", NULL))
		jobs_moved_tidy_up(job->name);
	return JOB_STEP_AGAIN;
}

/*
 * Is the job held back?  Looked at once in a while; what the row says of it is
 * written when it changes.
 */
static bool
is_held_back(JobRunner *runner, const Job *job, const JobSettings *settings)
{
	TimestampTz now = GetCurrentTimestamp();
	char	   *reason;

	if (!runner->was_held && now - runner->looked_at < LOOK_INTERVAL * 1000)
		return false;
	reason = jobs_held_reason(job, settings, &runner->mark);
	(void) jobs_store("UPDATE _v.job_list SET held_back = $2"
					  " WHERE job_name = $1"
					  "   AND held_back IS DISTINCT FROM $2",
					  job->name, reason);
	runner->looked_at = now;
	runner->was_held = reason != NULL;
	return runner->was_held;
}

/* What is to be done for a job that may be worked on. */
static JobStep
work(JobRunner *runner, Attempt *attempt)
{
	const Job  *job = attempt->batch.job;

	attempt->piece = jobs_piece_take(job);
	if (attempt->piece != NULL &&
		(job->handed_out || !attempt->piece->is_blocked))
		return run_batch(runner, attempt);
	if (!job->handed_out)
		return run_hand_out(runner, attempt);
	if (jobs_piece_is_left(job))
		return JOB_STEP_BUSY;
	if (jobs_moved_is_left(job))
		return run_batch(runner, attempt);
	return finish(runner, attempt);
}

JobStep
jobs_step_run(JobRunner *runner)
{
	JobSettings settings;
	Attempt		attempt = {0};
	Job		   *job;

	jobs_job_lock(runner->name, ShareLock);
	EnsurePortalSnapshotExists();
	job = jobs_job_find(runner->name);
	strlcpy(runner->state, job == NULL ? "" : job->state,
			sizeof(runner->state));
	if (job == NULL || strcmp(job->state, "waiting") != 0)
		return JOB_STEP_OVER;
	settings = jobs_settings_of(job->settings);
	if (is_held_back(runner, job, &settings))
		return JOB_STEP_HELD;

	/* What waits for the commit would run as the caller, if it could. */
	if (SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0) !=
		SPI_OK_UTILITY)
		elog(ERROR, "cannot set constraints");
	attempt.batch.job = job;
	attempt.batch.settings = &settings;
	attempt.batch.context = CurrentMemoryContext;
	attempt.batch.locks_first = !runner->locks_itself || runner->locks_first;
	attempt.size = runner->size > 0 ? runner->size : job->next_size;
	return work(runner, &attempt);
}
