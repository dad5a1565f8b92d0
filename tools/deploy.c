/*-------------------------------------------------------------------------
 *
 * deploy.c
 *		Running the files of a plan, one after the other
 *
 * A file has done what it should if psql has run it to its end, no transaction
 * was open then, and the register, looked at from outside, has its names (or
 * has them no more).  Whatever else happens stops the run; then psql is ended,
 * and it is found out what is really there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "deploy.h"
#include "deploy_report.h"
#include "deploy_truth.h"
#include "fe_compat.h"
#include "interruption.h"
#include "pqexpbuffer.h"
#include "progress.h"
#include "psql_session.h"
#include "report.h"

typedef struct Deploy
{
	DeployAction action;
	const PatchPlan *plan;
	DeployLock *lock;
	Progress   *progress;
	PsqlSession *session;
	TruthSource source;
	int			done;			/* steps that did what they should */
	int			failed;			/* 1 if one did not */
} Deploy;

/* The names of a step, as people read them; the caller frees the text. */
static char *
join_names(const PlanStep *step)
{
	PQExpBufferData text;
	char	   *result;
	int			i;

	initPQExpBuffer(&text);
	for (i = 0; i < step->name_count; i++)
		appendPQExpBuffer(&text, "%s%s", i > 0 ? ", " : "",
						  report_printable(step->names[i]));
	result = pg_strdup(text.data);
	termPQExpBuffer(&text);
	return result;
}

/* How many names are to be registered after a step. */
static int
count_expected(const Deploy *deploy, const PlanStep *step)
{
	return deploy->action == DEPLOY_APPLY ? deploy_truth_count_names(step) : 0;
}

/*
 * Find out what has come of a step when psql has ended, or the register is not
 * as it should be.  Returns true if all is well, else false after a message.
 */
static bool
settle_step(Deploy *deploy, const PlanStep *step, const char *name,
			const PsqlRun *run)
{
	const PsqlBackend *backend = psql_session_backend(deploy->session);
	DeployFailure failure;
	DeployTruth truth;
	bool		is_done;

	psql_session_stop(deploy->session);
	deploy_truth_find(&deploy->source, backend, deploy->plan, deploy->done,
					  &truth);
	is_done = truth.is_known &&
		truth.registered == count_expected(deploy, step);

	/* The session may have ended because it had to. */
	if (is_done && run->has_run && run->changes_session &&
		run->wait_status == 0)
	{
		progress_end(deploy->progress, false);
		deploy_truth_free(&truth);
		deploy->done++;
		return true;
	}

	progress_end(deploy->progress, true);
	failure.action = deploy->action;
	failure.step = step;
	failure.name = name;
	failure.run = run;
	failure.truth = &truth;
	failure.server_pid = backend->pid;
	failure.expected = count_expected(deploy, step);
	failure.is_interrupted = interruption_count() > 0;
	deploy_report_failure(&failure);
	if (is_done && deploy_report_is_whole(step, run))
		deploy->done++;
	else
		deploy->failed = 1;
	deploy_truth_free(&truth);
	return false;
}

/* The path of the file of a step, or NULL if there are not so many. */
static const char *
find_path(const Deploy *deploy, int number)
{
	return number < deploy->plan->count ?
		deploy->plan->steps[number].file->path : NULL;
}

/* How to run the file of a step. */
static void
make_run(const Deploy *deploy, int number, PsqlRun *run)
{
	const PlanStep *step = &deploy->plan->steps[number];

	memset(run, 0, sizeof(*run));
	run->path = find_path(deploy, number);
	run->next_path = find_path(deploy, number + 1);
	run->is_wrapped = !step->outline->has_transaction &&
		!step->outline->no_transaction;
	run->changes_session = step->outline->changes_session;
	run->has_no_command = step->outline->has_no_command;
}

/* Does nothing keep us from running another file? */
static bool
may_go_on(const Deploy *deploy)
{
	return interruption_count() == 0 && deploy_lock_is_held(deploy->lock);
}

/* Send the file of the step behind this one, if there is one. */
static void
send_next(Deploy *deploy)
{
	int			next = deploy->done + 1;
	PsqlRun		run;

	if (next >= deploy->plan->count || !may_go_on(deploy))
		return;
	make_run(deploy, next, &run);
	psql_session_send_ahead(deploy->session, &run);
}

/*
 * Run the file of a step, and look at the register while psql tidies up.
 * Returns true if the step has done what it should, and psql is there.
 */
static bool
run_file(Deploy *deploy, const PlanStep *step, PsqlRun *run)
{
	int			registered = 0;
	bool		has_new_settings = false;
	bool		is_fresh;
	bool		is_right;

	psql_session_run(deploy->session, run);
	if (!run->has_run)
	{
		psql_session_settle(deploy->session, run);
		return false;
	}

	truth_source_ask(&deploy->source, step);
	is_fresh = psql_session_look(deploy->session, run);
	is_right = truth_source_answer(&deploy->source, step, &registered,
								   &has_new_settings) &&
		registered == count_expected(deploy, step);
	if (has_new_settings)
		psql_session_renew(deploy->session);
	else if (is_right && is_fresh)
		send_next(deploy);
	psql_session_settle(deploy->session, run);
	return is_right && run->is_settled;
}

/* Run a step in a session that is ready.  Returns false after a message. */
static bool
run_step(Deploy *deploy, const PlanStep *step)
{
	PsqlRun		run;
	char	   *name = join_names(step);
	bool		result = true;

	make_run(deploy, deploy->done, &run);
	progress_begin(deploy->progress, deploy->done + 1, name);
	if (run_file(deploy, step, &run))
	{
		progress_end(deploy->progress, false);
		deploy->done++;
	}
	else
		result = settle_step(deploy, step, name, &run);
	pg_free(name);
	return result;
}

/*
 * Is all as it should be for the next step?  Returns false after a message.
 * A step whose file was sent ahead has begun.
 */
static bool
is_ready(Deploy *deploy)
{
	if (psql_session_is_ahead(deploy->session))
		return true;
	if (deploy->done > 0 && may_go_on(deploy) &&
		!psql_session_freshen(deploy->session,
							  find_path(deploy, deploy->done)) &&
		interruption_count() == 0)
		return false;
	if (interruption_count() > 0)
		return false;
	if (!deploy_lock_is_held(deploy->lock))
	{
		pg_log_error("the connection that keeps other deployers away was "
					 "lost");
		return false;
	}
	return true;
}

/*
 * Run all steps, up to the first that fails.  Returns false after a message.
 */
static bool
run_steps(Deploy *deploy)
{
	bool		goes_on = true;

	while (goes_on && deploy->done < deploy->plan->count)
	{
		if (!is_ready(deploy))
			break;
		goes_on = run_step(deploy, &deploy->plan->steps[deploy->done]);
	}
	if (goes_on && interruption_count() > 0)
		pg_log_error("interrupted");
	return goes_on && interruption_count() == 0 &&
		deploy->done == deploy->plan->count;
}

/* Say how it went. */
static void
report_end(const Deploy *deploy, const Options *options, bool is_done)
{
	int			total = deploy->plan->count;

	if (!is_done)
	{
		/* A rehearsal does the counting itself. */
		if (!options->is_rehearsal)
			deploy_report_counts(deploy->action, deploy->done, deploy->failed,
								 total);
	}
	else if (!options->is_quiet)
		printf("%d %s in %s.\n", total,
			   deploy->action == DEPLOY_APPLY ?
			   (total == 1 ? "patch applied" : "patches applied") :
			   (total == 1 ? "patch taken back" : "patches taken back"),
			   progress_duration(deploy->progress));
}

/* Start what is needed for the steps, run them, and end it. */
static Status
run_in_session(Deploy *deploy, const Options *options, PGconn *conn)
{
	bool		is_done = false;

	deploy->session =
		psql_session_start(options, conn,
						   deploy->action == DEPLOY_APPLY ?
						   "versioning apply" : "versioning rollback",
						   deploy->progress, find_path(deploy, 0));
	if (deploy->session != NULL)
	{
		is_done = run_steps(deploy);
		psql_session_end(deploy->session);
	}
	else if (interruption_count() > 0)
		pg_log_error("interrupted");
	else
		return STATUS_TROUBLE;
	report_end(deploy, options, is_done);
	return is_done ? STATUS_DONE : STATUS_FAILED;
}

/*
 * Run the files of a plan that has no errors, in the database of the
 * connection.  The lock must be had.
 */
Status
deploy_run(const Options *options, PGconn *conn, DeployLock *lock,
		   DeployAction action, const PatchPlan *plan)
{
	Deploy		deploy = {0};
	Status		status = STATUS_TROUBLE;

	deploy.action = action;
	deploy.plan = plan;
	deploy.lock = lock;
	if (!interruption_catch())
	{
		pg_log_error("could not catch signals: %m");
		return STATUS_TROUBLE;
	}
	deploy.progress = progress_create(options->is_quiet, options->is_verbose,
									  plan->count);
	if (truth_source_open(&deploy.source, conn))
		status = run_in_session(&deploy, options, conn);
	truth_source_close(&deploy.source);
	progress_free(deploy.progress);
	interruption_release();
	return status;
}
