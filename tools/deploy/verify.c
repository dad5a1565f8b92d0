/*-------------------------------------------------------------------------
 *
 * deploy/verify.c
 *		Have patches that are applied done what they should?
 *
 * What has failed does not keep us from the rest.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "deploy/runner.h"
#include "deploy/verify.h"
#include "run/session.h"
#include "run/verify.h"

/* What goes on from step to step */
typedef struct Verification
{
	const RunOptions *options;
	FileRunner	runner;
	Observer	observer;
	Onlookers	onlookers;
	SqlSession *session;		/* NULL: there is none now */
	int			done;
	int			failed;
} Verification;

/* Have a session that has run nothing yet; false after a message. */
static bool
begin_session(Verification *verification, const PlanStep *step)
{
	int			lock_timeout = (int) verification->options->lock_timeout;

	if (verification->session == NULL)
		verification->session = run_session_open(&verification->runner, step,
												 lock_timeout);
	else
		run_session_renew(verification->session, step, lock_timeout);
	return verification->session != NULL;
}

/* End the session, if there is one. */
static void
end_session(Verification *verification)
{
	if (verification->session != NULL)
		run_pipeline_close(verification->session);
	verification->session = NULL;
}

/* A step has been verified, or not: tell. */
static void
tell_end(Verification *verification, const FileRun *run, bool is_done)
{
	Progress   *progress = verification->runner.progress;
	StepEnd		end = {0};

	end.others = run->others;
	end.has_failed = !is_done;
	end.reason = interruption_count() > 0 ? "interrupted" :
		run->lacked_lock ? "lock not available" :
		run->end == FILE_RUN_LOST ? "connection lost" : "not verified";
	end.sqlstate = run->sqlstate;
	end.error = run->error;
	end.line = run->error_line;
	end.is_known = end.is_kept = true;
	if (run->message != NULL)
		watch_progress_messages(progress, run->message,
								strlen(run->message));
	watch_progress_end(progress, &end);
	verification->done += is_done;
	verification->failed += !is_done;
}

/* Run what verifies a step, the number-th. */
static void
verify(Verification *verification, const PlanStep *step, int number)
{
	FileRun		run = {.end = FILE_RUN_LOST};
	bool		is_done;

	watch_progress_begin(verification->runner.progress, number, step,
						 step->names[0]);
	watch_onlookers_begin(&verification->onlookers, step);
	if (begin_session(verification, step))
		run_session_run_work(verification->session, step, run_verify_alone,
							 &run);
	run.others = watch_onlookers_end(&verification->onlookers);
	is_done = run.end == FILE_RUN_DONE && !run.is_left_open;
	tell_end(verification, &run, is_done);
	run_file_run_free(&run);
	if (!is_done)
		end_session(verification);
}

/* Say how it went. */
static Status
report_end(const Verification *verification, int total)
{
	const RunOptions *options = verification->options;
	int			done = verification->done;
	int			failed = verification->failed;

	watch_progress_finish(verification->runner.progress, done, failed,
						  total - done - failed);
	if (interruption_count() > 0)
		pg_log_error("interrupted");
	if (!options->is_json && !options->is_quiet)
		printf("%d of %d %s verified in %s.\n", done, total,
			   total == 1 ? "patch" : "patches",
			   watch_progress_duration(verification->runner.progress));
	return done == total ? STATUS_DONE : STATUS_FAILED;
}

/* Verify all steps. */
static Status
verify_all(Verification *verification, PGconn *conn, const PatchPlan *plan)
{
	FileRunner *runner = &verification->runner;
	Status		status;
	int			i;

	watch_onlookers_open(&verification->onlookers, &verification->observer,
						 0);
	deploy_runner_open(runner, verification->options, conn, DEPLOY_APPLY,
					   plan->count);
	runner->application_name = "versioning verify";
	for (i = 0; i < plan->count && interruption_count() == 0; i++)
		verify(verification, &plan->steps[i], i + 1);
	end_session(verification);
	status = report_end(verification, plan->count);
	deploy_runner_close(runner);
	watch_onlookers_close(&verification->onlookers);
	return status;
}

Status
deploy_verify_run(const RunOptions *options, PGconn *conn,
				  const PatchPlan *plan)
{
	Verification verification = {0};
	Status		status = STATUS_TROUBLE;

	verification.options = options;
	verification.runner.observer = &verification.observer;
	verification.runner.onlookers = &verification.onlookers;
	if (!interruption_catch())
		return STATUS_TROUBLE;
	if (watch_observer_open(&verification.observer, conn))
		status = verify_all(&verification, conn, plan);
	watch_observer_close(&verification.observer);
	interruption_release();
	return status;
}
