/*-------------------------------------------------------------------------
 *
 * deploy/execution.c
 *		Running a file in the way that it takes
 *
 * A file of plain SQL is run by ourselves, in a session that goes on from file
 * to file (run/session.c), in parts if it is not one transaction
 * (resume/parts.c); a file that takes psql is run by a psql of its own
 * (run/psql.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/clock.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "deploy/attempts.h"
#include "deploy/execution.h"
#include "project/source.h"
#include "resume/part_note.h"
#include "resume/parts.h"
#include "run/psql.h"
#include "run/single.h"
#include "run/verify.h"

/* Does a step take psql? */
static bool
needs_psql(const Execution *execution, const PlanStep *step)
{
	return step->outline->needs_psql || execution->runner->forces_psql;
}

/* Is a step run in parts? */
static bool
is_in_parts(const Execution *execution, const PlanStep *step)
{
	return step->parts != NULL && step->parts->cut.count > 0 &&
		!execution->runner->forces_psql;
}

/* Is the file of a step, or one that it includes, not what was read? */
static bool
has_changed(const PlanStep *step)
{
	SourceDigest digest;

	return step->has_digest &&
		(!project_source_digest_all(step->file->path, &step->includes,
									digest) ||
		 memcmp(digest, step->digest, sizeof(digest)) != 0);
}

/* Run a file in a psql of its own. */
static void
run_in_psql(Execution *execution, const PlanStep *step, int lock_timeout,
			FileRun *run)
{
	const FileRunner *runner = execution->runner;

	deploy_execution_end_session(execution);
	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_CHANGED;
	if (has_changed(step))
		return;
	run->end = FILE_RUN_LOST;
	if (execution->handover == NULL)
		execution->handover = connection_hand_over(runner->conn,
												runner->application_name);
	if (execution->handover == NULL)
		return;
	run_psql_run(runner, execution->handover, step, lock_timeout, run);
	if (has_changed(step))
		pg_log_warning("file \"%s\" has changed while it was run: what was "
					   "run may not be what was read",
					   report_printable(step->file->path));
}

/* Run a file of plain SQL. */
static void
run_plain(Execution *execution, const PlanStep *step, int lock_timeout,
		  FileRun *run)
{
	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_LOST;
	if (execution->session == NULL)
		execution->session = run_session_open(execution->runner, step,
											  lock_timeout);
	if (execution->session != NULL && is_in_parts(execution, step))
		resume_parts_run(execution->session, step, run);
	else if (execution->session != NULL && step->members != NULL)
		run_single_run(execution->session, step, run);
	else if (execution->session != NULL)
		run_session_run(execution->session, step, run);
}

/* Run a file, whatever it takes, and look who waits for it meanwhile. */
static void
run_watched(Execution *execution, const PlanStep *step, int lock_timeout,
			FileRun *run)
{
	int64		start = clock_milliseconds();

	watch_onlookers_begin(execution->runner->onlookers, step);
	if (needs_psql(execution, step))
		run_in_psql(execution, step, lock_timeout, run);
	else
		run_plain(execution, step, lock_timeout, run);
	run->others = watch_onlookers_end(execution->runner->onlookers);
	run->stall = watch_onlookers_stall(execution->runner->onlookers);
	run->milliseconds = clock_milliseconds() - start;
}

/*
 * Is the file of a step still to be run?  If not, or if it cannot be, the run
 * says so.  What is not one transaction is noted first, unless its parts are.
 */
static bool
is_to_be_run(Execution *execution, const PlanStep *step, FileRun *run)
{
	const PlanParts *parts = step->parts;

	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_LOST;
	if (parts == NULL || is_in_parts(execution, step))
		return true;
	if (parts->next > 0)
		run->end = parts->next < parts->cut.count ? FILE_RUN_REFUSED :
			FILE_RUN_DONE;
	else if (needs_psql(execution, step) && has_changed(step))
		run->end = FILE_RUN_CHANGED;
	else
		return step->outline->is_atomic ||
			resume_part_note_whole_runs(execution->runner, step, run);
	return false;
}

bool
deploy_execution_run(Execution *execution, const PlanStep *step,
					 int lock_timeout, FileRun *run)
{
	if (is_to_be_run(execution, step, run))
		run_watched(execution, step, lock_timeout, run);
	return run->end == FILE_RUN_DONE && !FILE_RUN_IS_WRONG(run);
}

bool
deploy_execution_note_done(const Execution *execution, const PlanStep *step,
						   FileRun *run)
{
	return step->parts == NULL || is_in_parts(execution, step) ||
		resume_part_note_whole_done(execution->runner, step, run);
}

/* Was a step verified before it was committed? */
static bool
is_verified(const Execution *execution, const PlanStep *step)
{
	return step->members != NULL ||
		(!needs_psql(execution, step) && !is_in_parts(execution, step) &&
		 run_session_verifies(step));
}

bool
deploy_execution_verify(Execution *execution, const PlanStep *step,
						int lock_timeout, FileRun *run)
{
	SqlSession *session;
	FileRun		verification = {.end = FILE_RUN_LOST};

	if (step->verification_count == 0 || is_verified(execution, step))
		return true;
	session = run_session_open(execution->runner, step, lock_timeout);
	if (session != NULL)
	{
		run_session_run_work(session, step, run_verify_alone, &verification);
		run_pipeline_close(session);
	}
	if (verification.end == FILE_RUN_DONE)
		return true;
	run_file_run_free(run);
	*run = verification;
	run->is_unverified = true;
	return false;
}

void
deploy_execution_renew(Execution *execution, const PlanStep *step,
					   const PlanStep *next)
{
	const FileRunner *runner = execution->runner;

	if (execution->session == NULL)
		return;
	if (next == NULL || needs_psql(execution, next) ||
		step->outline->marks_session ||
		watch_onlookers_stall(runner->onlookers) != NULL)
		deploy_execution_end_session(execution);
	else
		run_session_renew(execution->session, next,
						  deploy_attempts_first_timeout(runner, next));
}

void
deploy_execution_end_session(Execution *execution)
{
	if (execution->session != NULL)
		run_pipeline_close(execution->session);
	execution->session = NULL;
}

void
deploy_execution_close(Execution *execution)
{
	deploy_execution_end_session(execution);
	if (execution->handover != NULL)
		connection_handover_free(execution->handover);
}
