/*-------------------------------------------------------------------------
 *
 * deploy/deploy.c
 *		Running the files of a plan, one after the other
 *
 * A file of plain SQL is run by ourselves, in a session that goes on from file
 * to file (deploy/session.c); a file that takes psql is run by a psql of its
 * own (deploy/psql.c).
 *
 * A file has done what it should if it has run to its end, no transaction was
 * open then, and the register, looked at from outside, has its names (or has
 * them no more).  Whatever else happens stops the run, and it is found out
 * what is really there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/clock.h"
#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "deploy/attempt_note.h"
#include "deploy/attempts.h"
#include "deploy/deploy.h"
#include "deploy/outcome.h"
#include "deploy/part_note.h"
#include "deploy/parts.h"
#include "deploy/progress.h"
#include "deploy/psql.h"
#include "deploy/report.h"
#include "deploy/session.h"
#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"
#include "project/source.h"

typedef struct Deploy
{
	DeployAction action;
	const PatchPlan *plan;
	DeployLock *lock;
	FileRunner	runner;
	SqlSession *session;		/* NULL: there is none now */
	ConnectionHandover *handover;	/* to psql, or NULL: not needed yet */
	Observer source;
	Onlookers onlookers;
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
	return deploy->action != DEPLOY_APPLY ? 0 :
		deploy_outcome_count_names(step);
}

/* End the session, if there is one. */
static void
end_session(Deploy *deploy)
{
	if (deploy->session != NULL)
		deploy_session_close(deploy->session);
	deploy->session = NULL;
}

/* Show what was kept back of an attempt, which is the last one. */
static void
show_message(const Deploy *deploy, const FileRun *run)
{
	if (run->message != NULL)
		deploy_progress_messages(deploy->runner.progress, run->message,
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
	note.step = step;
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
	end.reason = failure_reason(failure);
	end.sqlstate = failure->run->sqlstate;
	end.is_known = failure->outcome->is_known;
	end.is_kept = is_there(failure->outcome, failure->expected);
	if (failure->outcome->unfinished.name != NULL)
		end.unfinished = &failure->outcome->unfinished;
	end.blockers = deploy_attempts_blockers(failure->attempts, failure->run,
											&end.seen);
	deploy_progress_end(deploy->runner.progress, &end);
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

	show_message(deploy, run);
	failure.action = deploy->action;
	failure.step = step;
	failure.name = name;
	failure.run = run;
	failure.outcome = outcome;
	failure.attempts = attempts;
	failure.expected = count_expected(deploy, step);
	failure.is_interrupted = interruption_count() > 0;
	tell_failure(deploy, &failure);
	deploy_report_failure(&failure);
	if (outcome->is_known && outcome->registered == failure.expected &&
		(deploy_report_is_whole(step, run) ||
		 deploy_report_is_finished(&failure)))
		deploy->done++;
	else
		deploy->failed = 1;
}

/* Does a step take psql? */
static bool
needs_psql(const Deploy *deploy, const PlanStep *step)
{
	return step->outline->needs_psql || deploy->runner.forces_psql;
}

/* Is a step run in parts? */
static bool
is_in_parts(const Deploy *deploy, const PlanStep *step)
{
	return step->parts != NULL && step->parts->cut.count > 0 &&
		!deploy->runner.forces_psql;
}

/* Does nothing keep us from running another file? */
static bool
may_go_on(const Deploy *deploy)
{
	return interruption_count() == 0 && deploy_lock_is_held(deploy->lock);
}

/*
 * The step after this one has run as it should: get its session ready for the
 * next one, or end it.  What DISCARD ALL does not undo goes with the session,
 * and so does what ALTER ROLE and ALTER DATABASE have changed.
 */
static void
renew_session(Deploy *deploy, const PlanStep *step, bool has_new_settings)
{
	const PlanStep *next = step + 1;
	bool		is_last = deploy->done + 1 == deploy->plan->count;

	if (deploy->session == NULL)
		return;
	if (is_last || has_new_settings || step->outline->marks_session ||
		deploy_onlookers_stall(&deploy->onlookers) != NULL ||
		needs_psql(deploy, next) || !may_go_on(deploy))
		end_session(deploy);
	else
		deploy_session_renew(deploy->session, next,
							 deploy_attempts_first_timeout(&deploy->runner,
														   next));
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
run_in_psql(Deploy *deploy, const PlanStep *step, int lock_timeout,
			FileRun *run)
{
	const FileRunner *runner = &deploy->runner;

	end_session(deploy);
	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_CHANGED;
	if (has_changed(step))
		return;
	run->end = FILE_RUN_LOST;
	if (deploy->handover == NULL)
		deploy->handover = connection_hand_over(runner->conn, NULL,
												runner->application_name);
	if (deploy->handover == NULL)
		return;
	deploy_psql_run(runner, deploy->handover, step, lock_timeout, run);
	if (has_changed(step))
		pg_log_warning("file \"%s\" has changed while it was run: what was "
					   "run may not be what was read",
					   report_printable(step->file->path));
}

/* Run a file of plain SQL. */
static void
run_plain(Deploy *deploy, const PlanStep *step, int lock_timeout,
		  FileRun *run)
{
	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_LOST;
	if (deploy->session == NULL)
		deploy->session = deploy_session_open(&deploy->runner, step,
											  lock_timeout);
	if (deploy->session != NULL && is_in_parts(deploy, step))
		deploy_parts_run(deploy->session, step, run);
	else if (deploy->session != NULL)
		deploy_session_run(deploy->session, step, run);
}

/* Run a file, whatever it takes, and look who waits for it meanwhile. */
static void
run_watched(Deploy *deploy, const PlanStep *step, int lock_timeout,
			FileRun *run)
{
	int64		start = clock_milliseconds();

	deploy_onlookers_begin(&deploy->onlookers, step);
	if (needs_psql(deploy, step))
		run_in_psql(deploy, step, lock_timeout, run);
	else
		run_plain(deploy, step, lock_timeout, run);
	run->others = deploy_onlookers_end(&deploy->onlookers);
	run->stall = deploy_onlookers_stall(&deploy->onlookers);
	run->milliseconds = clock_milliseconds() - start;
}

/*
 * Is the file of a step still to be run?  If not, or if it cannot be, the run
 * says so.  What is not one transaction is noted first, unless its parts are.
 */
static bool
is_to_be_run(Deploy *deploy, const PlanStep *step, FileRun *run)
{
	const PlanParts *parts = step->parts;

	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_LOST;
	if (parts == NULL || is_in_parts(deploy, step))
		return true;
	if (parts->next > 0)
		run->end = parts->next < parts->cut.count ? FILE_RUN_REFUSED :
			FILE_RUN_DONE;
	else if (needs_psql(deploy, step) && has_changed(step))
		run->end = FILE_RUN_CHANGED;
	else
		return step->outline->is_atomic ||
			deploy_part_note_whole_runs(&deploy->runner, step, run);
	return false;
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

	if (is_to_be_run(deploy, step, run))
		run_watched(deploy, step, lock_timeout, run);
	if (run->end != FILE_RUN_DONE || FILE_RUN_IS_WRONG(run))
		return false;

	deploy_observer_ask(&deploy->source, step);
	if (!deploy_observer_answer(&deploy->source, step, &registered,
								&has_new_settings) ||
		registered != count_expected(deploy, step))
		return false;
	if (step->parts != NULL && !is_in_parts(deploy, step) &&
		!deploy_part_note_whole_done(&deploy->runner, step, run))
		return false;
	renew_session(deploy, step, has_new_settings);
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
	deploy_progress_end(deploy->runner.progress, &end);
	if (run->has_errors)
		pg_log_warning("file \"%s\" has gone on after an error, as "
					   "ON_ERROR_STOP was off",
					   report_printable(step->file->path));
	deploy->done++;
	note_attempt(deploy, step, run, true);
	deploy_file_run_free(run);
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
	deploy_progress_again(deploy->runner.progress, &run->others,
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
		end_session(deploy);
		deploy_part_note_failure(&deploy->runner, step, &run);
		deploy_outcome_find(&deploy->source, &run.backend, deploy->plan,
							deploy->done, &outcome);
		if (outcome.is_known)
			note_attempt(deploy, step, &run,
						 is_there(&outcome, count_expected(deploy, step)));
		goes_on = may_try_again(deploy, step, &run, &outcome, attempts);
		if (!goes_on)
			settle_step(deploy, step, name, &run, &outcome, attempts);
		deploy_outcome_free(&outcome);
		deploy_file_run_free(&run);
		if (!goes_on)
			return false;
	}
}

/* Run a step.  Returns false after a message. */
static bool
run_step(Deploy *deploy, const PlanStep *step)
{
	Attempts	attempts;
	char	   *name = join_names(step);
	bool		result;

	deploy_progress_begin(deploy->runner.progress, deploy->done + 1, step,
						  name);
	deploy_attempts_begin(&attempts, &deploy->runner, step);
	result = try_step(deploy, step, name, &attempts);
	deploy_attempts_end(&attempts);
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

/* How the user wants to be told. */
static ProgressForm
find_form(const DeployOptions *options)
{
	if (options->is_json)
		return PROGRESS_JSON;
	return options->is_quiet ? PROGRESS_QUIET : PROGRESS_LINES;
}

/* Say how it went. */
static void
report_end(const Deploy *deploy, const DeployOptions *options, bool is_done)
{
	int			done = count_patches(deploy, deploy->done);
	int			tried = count_patches(deploy, deploy->done + deploy->failed);
	int			total = count_patches(deploy, deploy->plan->count);

	deploy_progress_finish(deploy->runner.progress, done, tried - done,
						   total - tried);
	if (!is_done)
	{
		/* A rehearsal does the counting itself. */
		if (!options->is_rehearsal)
			deploy_report_counts(deploy->action, done, tried - done, total);
	}
	else if (find_form(options) == PROGRESS_LINES)
		printf("%d %s in %s.\n", total,
			   deploy->action == DEPLOY_APPLY ?
			   (total == 1 ? "patch applied" : "patches applied") :
			   (total == 1 ? "patch taken back" : "patches taken back"),
			   deploy_progress_duration(deploy->runner.progress));
}

/* Run the steps, and end what was needed for them. */
static Status
run_and_report(Deploy *deploy, const DeployOptions *options)
{
	bool		is_done = run_steps(deploy);

	end_session(deploy);
	if (deploy->handover != NULL)
		connection_handover_free(deploy->handover);
	report_end(deploy, options, is_done);
	return is_done ? STATUS_DONE : STATUS_FAILED;
}

/* Is this what a parameter of the connection says? */
static bool
is_utf8(PGconn *conn, const char *parameter)
{
	const char *value = PQparameterStatus(conn, parameter);

	return value != NULL && strcmp(value, "UTF8") == 0;
}

/*
 * Does it take psql to read any file as this server would?  Our rules are
 * those of standard_conforming_strings, and of encodings in which no byte of
 * a letter can be taken for another one.
 */
static bool
is_unusual(PGconn *conn)
{
	const char *value = PQparameterStatus(conn,
										  "standard_conforming_strings");

	return value == NULL || strcmp(value, "on") != 0 ||
		!pg_valid_server_encoding_id(PQclientEncoding(conn));
}

/*
 * Is a variable given that psql itself obeys?  ON_ERROR_STOP and QUIET are
 * not, as we set them after it.
 */
static bool
has_special_variable(const SimpleStringList *variables)
{
	static const char *const names[] = {
		"AUTOCOMMIT=", "COMP_KEYWORD_CASE=", "ECHO=", "ECHO_HIDDEN=",
		"ENCODING=", "FETCH_COUNT=", "HIDE_TABLEAM=",
		"HIDE_TOAST_COMPRESSION=", "ON_ERROR_ROLLBACK=",
		"SHOW_ALL_RESULTS=", "SHOW_CONTEXT=", "SINGLELINE=", "SINGLESTEP=",
		"VERBOSITY="
	};
	const SimpleStringListCell *cell;
	size_t		i;

	for (cell = variables->head; cell != NULL; cell = cell->next)
		for (i = 0; i < lengthof(names); i++)
			if (strncmp(cell->val, names[i], strlen(names[i])) == 0)
				return true;
	return false;
}

/*
 * Does the server look after clients that have died, when it is asked to?
 * That is since release 14, and not on every system.
 */
static bool
can_check_client(const Observer *source)
{
	PGresult   *result =
		deploy_observer_query(source, "SELECT pg_catalog.set_config("
							  "'client_connection_check_interval', '1s', "
							  "false)", 0, NULL);

	PQclear(result);
	return result != NULL;
}

/* Learn what it takes to run the files. */
static void
make_runner(Deploy *deploy, const DeployOptions *options, PGconn *conn)
{
	FileRunner *runner = &deploy->runner;

	runner->options = options;
	runner->conn = conn;
	runner->observer = &deploy->source;
	runner->onlookers = &deploy->onlookers;
	runner->application_name = deploy->action == DEPLOY_APPLY ?
		"versioning apply" : "versioning rollback";
	runner->progress = deploy_progress_create(find_form(options),
											  options->is_verbose,
											  deploy->plan->count,
											  options->label);
	runner->checks_client = PQserverVersion(conn) >= 140000 &&
		can_check_client(&deploy->source);
	runner->forces_psql = options->forces_psql || is_unusual(conn) ||
		has_special_variable(&options->variables);
	runner->is_unicode = is_utf8(conn, "client_encoding") &&
		is_utf8(conn, "server_encoding");
}

Status
deploy_run(const DeployOptions *options, PGconn *conn, DeployLock *lock,
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
	if (deploy_observer_open(&deploy.source, conn))
	{
		deploy_onlookers_open(&deploy.onlookers, &deploy.source,
							  options->max_stall);
		make_runner(&deploy, options, conn);
		status = run_and_report(&deploy, options);
		deploy_progress_free(deploy.runner.progress);
	}
	deploy_onlookers_close(&deploy.onlookers);
	deploy_observer_close(&deploy.source);
	interruption_release();
	return status;
}
