/*-------------------------------------------------------------------------
 *
 * deploy/deploy.c
 *		Running the files of a plan, one after the other
 *
 * A file has done what it should if it has run to its end, no transaction was
 * open then, and the register, looked at from outside, has its names (or has
 * them no more).  Whatever else happens stops the run, and it is found out
 * what is really there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/buffer.h"
#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "deploy/attempt_note.h"
#include "deploy/attempts.h"
#include "deploy/deploy.h"
#include "deploy/execution.h"
#include "deploy/job.h"
#include "deploy/outcome.h"
#include "deploy/report.h"
#include "deploy/runner.h"
#include "resume/part_note.h"
#include "watch/progress.h"

typedef struct Deploy
{
	DeployAction action;
	const PatchPlan *plan;
	RunLock    *lock;
	FileRunner	runner;
	Execution	execution;
	Observer	source;
	Onlookers	onlookers;
	int			done;			/* steps that did what they should */
	int			failed;			/* 1 if one did not */
} Deploy;

/* The names of a step, as people read them; the caller frees the text. */
static char *
join_names(const PlanStep *step)
{
	PQExpBufferData text;
	int			i;

	if (step->members != NULL)
		return psprintf("%d patches in one transaction", step->name_count);
	initPQExpBuffer(&text);
	for (i = 0; i < step->name_count; i++)
		appendPQExpBuffer(&text, "%s%s", i > 0 ? ", " : "",
						  report_printable(step->names[i]));
	return buffer_finish(&text);
}

/* How many names are to be registered after a step. */
static int
count_expected(const Deploy *deploy, const PlanStep *step)
{
	return deploy->action != DEPLOY_APPLY ? 0 :
		deploy_outcome_count_names(step);
}

/* Show what was kept back of an attempt, which is the last one. */
static void
show_message(const Deploy *deploy, const FileRun *run)
{
	if (run->message != NULL)
		watch_progress_messages(deploy->runner.progress, run->message,
								strlen(run->message));
}

/* Keep in the database what there is to keep of an attempt. */
static void
note_attempt(const Deploy *deploy, const PlanStep *step, const FileRun *run,
			 bool is_done)
{
	AttemptNote note;

	if (deploy->runner.options->is_rehearsal)
		return;
	note.action = deploy->action;
	note.step = run->at != NULL && !is_done ? run->at : step;
	note.run = run;
	note.is_done = is_done;
	note.is_interrupted = interruption_count() > 0;
	note.is_unicode = deploy->runner.is_unicode;
	deploy_attempt_note(&deploy->source, &note);
}

/* A word for how a file has failed. */
static const char *
failure_reason(const DeployFailure *failure)
{
	static const char *const words[] = {
		[FILE_RUN_DONE] = "not as it should be",
		[FILE_RUN_CHANGED] = "file changed",
		[FILE_RUN_REFUSED] = "psql cannot go on",
		[FILE_RUN_FAILED] = "error",
		[FILE_RUN_LOST] = "connection lost",
		[FILE_RUN_KILLED] = "psql killed",
		[FILE_RUN_ENDED] = "psql ended"
	};

	if (failure->is_interrupted)
		return "interrupted";
	if (failure->run->is_unverified)
		return "not verified";
	if (failure->run->lacked_lock)
		return "lock not available";
	return failure->run->stall != NULL ? "stall" : words[failure->run->end];
}

/* Is all of a step there, as far as the register and its notes say? */
static bool
is_there(const Outcome *outcome, int expected)
{
	return outcome->registered == expected &&
		outcome->unfinished.name == NULL;
}

/* Tell at once that a step has failed. */
static void
tell_failure(const Deploy *deploy, const DeployFailure *failure)
{
	StepEnd		end = {0};

	end.has_failed = true;
	end.others = failure->attempts->others;
	end.at = failure->run->at;
	end.reason = failure_reason(failure);
	end.sqlstate = failure->run->sqlstate;
	end.is_known = failure->outcome->is_known;
	end.is_kept = is_there(failure->outcome, failure->expected);
	if (failure->outcome->unfinished.name != NULL)
		end.unfinished = &failure->outcome->unfinished;
	end.blockers = deploy_attempts_blockers(failure->attempts, failure->run,
											&end.seen);
	watch_progress_end(deploy->runner.progress, &end);
}

/*
 * A step was not run as it should be, or is not what it should be in the
 * register, for the last time: say what has come of it.
 */
static void
settle_step(Deploy *deploy, const PlanStep *step, const char *name,
			const FileRun *run, const Outcome *outcome,
			const Attempts *attempts)
{
	DeployFailure failure;
	char	   *at = run->at == NULL ? NULL : join_names(run->at);

	show_message(deploy, run);
	failure.action = deploy->action;
	failure.step = step;
	failure.name = at == NULL ? name : at;
	failure.run = run;
	failure.outcome = outcome;
	failure.attempts = attempts;
	failure.expected = count_expected(deploy, step);
	failure.is_interrupted = interruption_count() > 0;
	tell_failure(deploy, &failure);
	deploy_report_failure(&failure);
	if (outcome->is_known && outcome->registered == failure.expected &&
		(run->is_unverified || deploy_report_is_whole(step, run) ||
		 deploy_report_is_finished(&failure)))
		deploy->done++;
	else
		deploy->failed = 1;
	pg_free(at);
}

/* Does nothing keep us from running another file? */
static bool
may_go_on(const Deploy *deploy)
{
	return interruption_count() == 0 && run_lock_is_held(deploy->lock);
}

/*
 * Run the file of a step, and look at the register.  Returns true if the step
 * has done what it should.
 */
static bool
run_file(Deploy *deploy, const PlanStep *step, int lock_timeout,
		 FileRun *run)
{
	int			registered = 0;
	bool		has_new_settings = false;
	bool		is_last = deploy->done + 1 == deploy->plan->count;

	if (!deploy_execution_run(&deploy->execution, step, lock_timeout, run))
		return false;
	watch_observer_ask(&deploy->source, step);
	if (!watch_observer_answer(&deploy->source, step, &registered,
							   &has_new_settings) ||
		registered != count_expected(deploy, step) ||
		!deploy_execution_note_done(&deploy->execution, step, run) ||
		!deploy_execution_verify(&deploy->execution, step, lock_timeout, run))
		return false;

	/* A session does not see what ALTER ROLE SET has changed meanwhile. */
	deploy_execution_renew(&deploy->execution, step,
						   is_last || has_new_settings || !may_go_on(deploy) ?
						   NULL : step + 1);
	return true;
}

/* Does nothing keep us from running the next step?  False after a message. */
static bool
is_ready(Deploy *deploy)
{
	if (may_go_on(deploy))
		return true;
	if (interruption_count() == 0)
		pg_log_error("the connection that keeps other deployers away was "
					 "lost");
	return false;
}

/* A step has done what it should. */
static void
finish_step(Deploy *deploy, const PlanStep *step, FileRun *run,
			const Attempts *attempts)
{
	StepEnd		end = {0};

	end.others = attempts->others;
	show_message(deploy, run);
	watch_progress_end(deploy->runner.progress, &end);
	if (run->has_errors)
		pg_log_warning("file \"%s\" has gone on after an error, as "
					   "ON_ERROR_STOP was off",
					   report_printable(step->file->path));
	deploy->done++;
	note_attempt(deploy, step, run, true);
	run_file_run_free(run);
}

/*
 * Has an attempt failed for the want of a lock, and is nothing there of it, so
 * that it can be made again?  Then it is waited for those who have the lock.
 */
static bool
may_try_again(Deploy *deploy, const PlanStep *step, FileRun *run,
			  const Outcome *outcome, Attempts *attempts)
{
	int			kept = deploy_outcome_count_names(step) -
		count_expected(deploy, step);

	if (!run->lacked_lock || run->stall != NULL || !outcome->is_known ||
		outcome->registered != kept ||
		deploy_attempts_obstacle(attempts) != NULL || !may_go_on(deploy))
		return false;
	watch_progress_again(deploy->runner.progress, &run->others,
						 run->sqlstate, run->milliseconds);
	return deploy_attempts_wait(attempts, run) && is_ready(deploy);
}

/*
 * Run the file of a step, and again if it did not get a lock.  Returns false
 * after a message.
 */
static bool
try_step(Deploy *deploy, const PlanStep *step, const char *name,
		 Attempts *attempts)
{
	for (;;)
	{
		FileRun		run;
		Outcome		outcome;
		bool		goes_on;

		bool		is_done = run_file(deploy, step, attempts->lock_timeout,
									   &run);

		deploy_attempts_count(attempts, &run);
		if (is_done)
		{
			finish_step(deploy, step, &run, attempts);
			return true;
		}
		deploy_execution_end_session(&deploy->execution);
		if (!run.is_unverified)
			resume_part_note_failure(&deploy->runner, step, &run);
		deploy_outcome_find(&deploy->source, &run.backend, deploy->plan,
							deploy->done, &outcome);
		if (outcome.is_known)
			note_attempt(deploy, step, &run,
						 is_there(&outcome, count_expected(deploy, step)));
		goes_on = may_try_again(deploy, step, &run, &outcome, attempts);
		if (!goes_on)
			settle_step(deploy, step, name, &run, &outcome, attempts);
		deploy_outcome_free(&outcome);
		run_file_run_free(&run);
		if (!goes_on)
			return false;
	}
}

/* Run the jobs that a step waits for.  Returns false after a message. */
static bool
run_jobs(Deploy *deploy, const PlanStep *step)
{
	const FileRunner *runner = &deploy->runner;
	const SimpleStringListCell *cell;
	StepEnd		end = {0};

	if (step->jobs.head != NULL)
		deploy_execution_end_session(&deploy->execution);
	for (cell = step->jobs.head; cell != NULL; cell = cell->next)
	{
		bool		is_done = deploy_job_run(runner->options, runner->conn,
											 cell->val, 1, runner->progress);

		if (is_done && is_ready(deploy))
			continue;
		end.has_failed = end.is_known = true;
		end.reason = interruption_count() > 0 ? "interrupted" :
			is_done ? "connection lost" : "job not done";
		end.sqlstate = "";
		watch_progress_end(runner->progress, &end);
		deploy->failed = 1;
		return false;
	}
	return true;
}

/* Run a step.  Returns false after a message. */
static bool
run_step(Deploy *deploy, const PlanStep *step)
{
	Attempts	attempts;
	char	   *name = join_names(step);
	bool		result;

	watch_progress_begin(deploy->runner.progress, deploy->done + 1, step,
						 name);
	result = run_jobs(deploy, step);
	if (result)
	{
		deploy_attempts_begin(&attempts, &deploy->runner, step);
		result = try_step(deploy, step, name, &attempts);
		deploy_attempts_end(&attempts);
	}
	pg_free(name);
	return result;
}

/*
 * Run all steps, up to the first that fails.  Returns false after a message.
 */
static bool
run_steps(Deploy *deploy)
{
	bool		goes_on = true;
	PlanStep   *step;

	while (goes_on && deploy->done < deploy->plan->count)
	{
		if (!is_ready(deploy))
			break;
		step = &deploy->plan->steps[deploy->done];
		plan_open_step(step);
		if (deploy->done + 1 < deploy->plan->count)
			plan_open_step(step + 1);
		goes_on = run_step(deploy, step);
		plan_close_step(step);
	}
	if (goes_on && interruption_count() > 0)
		pg_log_error("interrupted");
	return goes_on && interruption_count() == 0 &&
		deploy->done == deploy->plan->count;
}

/* How many patches the steps are about, up to one of them. */
static int
count_patches(const Deploy *deploy, int end)
{
	int			count = 0;
	int			i;

	for (i = 0; i < end; i++)
		count += deploy->plan->steps[i].name_count;
	return count;
}

/* Say how it went. */
static void
report_end(const Deploy *deploy, const RunOptions *options, bool is_done)
{
	int			done = count_patches(deploy, deploy->done);
	int			tried = count_patches(deploy, deploy->done + deploy->failed);
	int			total = count_patches(deploy, deploy->plan->count);

	watch_progress_finish(deploy->runner.progress, done, tried - done,
						  total - tried);
	if (!is_done)
	{
		/* A rehearsal does the counting itself. */
		if (!options->is_rehearsal)
			deploy_report_counts(deploy->action, done, tried - done, total);
	}
	else if (!options->is_json && !options->is_quiet)
		printf("%d %s in %s.\n", total,
			   deploy->action == DEPLOY_APPLY ?
			   (total == 1 ? "patch applied" : "patches applied") :
			   (total == 1 ? "patch taken back" : "patches taken back"),
			   watch_progress_duration(deploy->runner.progress));
}

/* Run the steps, and end what was needed for them. */
static Status
run_and_report(Deploy *deploy, const RunOptions *options)
{
	bool		is_done;

	if (options->is_single && deploy->runner.forces_psql)
	{
		pg_log_error("these files cannot share a transaction: it takes psql "
					 "to read them, because of a variable that is set, or of "
					 "the server's encoding or standard_conforming_strings");
		return STATUS_PROBLEM;
	}
	is_done = run_steps(deploy);
	deploy_execution_close(&deploy->execution);
	report_end(deploy, options, is_done);
	return is_done ? STATUS_DONE : STATUS_FAILED;
}

Status
deploy_run(const RunOptions *options, PGconn *conn, RunLock *lock,
		   DeployAction action, const PatchPlan *plan)
{
	Deploy		deploy = {0};
	Status		status = STATUS_TROUBLE;

	deploy.action = action;
	deploy.plan = plan;
	deploy.lock = lock;
	deploy.runner.observer = &deploy.source;
	deploy.runner.onlookers = &deploy.onlookers;
	deploy.execution.runner = &deploy.runner;
	if (!interruption_catch())
		return STATUS_TROUBLE;
	if (watch_observer_open(&deploy.source, conn))
	{
		watch_onlookers_open(&deploy.onlookers, &deploy.source,
							 options->max_stall);
		deploy_runner_open(&deploy.runner, options, conn, action,
						   plan->count);
		status = run_and_report(&deploy, options);
		deploy_runner_close(&deploy.runner);
	}
	watch_onlookers_close(&deploy.onlookers);
	watch_observer_close(&deploy.source);
	interruption_release();
	return status;
}
