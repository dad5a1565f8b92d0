/*-------------------------------------------------------------------------
 *
 * deploy/report.c
 *		What is said when a file did not do what it should
 *
 * First what has happened, then why, as far as it can be known, then what was
 * kept of it, then what to do.  What psql itself has to say was shown before.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "deploy/report.h"
#include "plan/resume.h"
#include "pqexpbuffer.h"
#include "watch/blockers.h"

/* What a file is called in messages. */
static const char *
subject(const DeployFailure *failure)
{
	return failure->action == DEPLOY_APPLY ? "patch" : "rollback of";
}

/* Was a file run up to its end? */
static bool
has_run(const FileRun *run)
{
	return run->end == FILE_RUN_DONE;
}

/* Is the register as it should be after the file? */
static bool
is_registered_right(const DeployFailure *failure)
{
	return failure->outcome->is_known &&
		failure->outcome->registered == failure->expected;
}

/* Say how a file was not run to its end. */
static void
say_how_it_failed(const DeployFailure *failure, const char *path)
{
	const char *what = subject(failure);
	const char *name = failure->name;
	int			number = failure->run->number;

	if (failure->is_interrupted)
		pg_log_error("interrupted in %s \"%s\" (%s)", what, name, path);
	else if (failure->run->stall != NULL)
		pg_log_error("%s \"%s\" was cancelled, because it made others "
					 "wait for more than %s (%s)", what, name,
					 duration_text(failure->run->stall->max), path);
	else if (failure->run->end == FILE_RUN_KILLED)
		pg_log_error("psql was ended by signal %d in %s \"%s\" (%s)",
					 number, what, name, path);
	else if (failure->run->end == FILE_RUN_LOST)
		pg_log_error("the connection was lost in %s \"%s\" (%s)", what,
					 name, path);
	else if (failure->run->end == FILE_RUN_FAILED)
		pg_log_error("%s \"%s\" failed (%s)", what, name, path);
	else if (failure->run->end == FILE_RUN_REFUSED)
		pg_log_error("psql cannot go on in the middle of %s \"%s\" (%s)",
					 what, name, path);
	else if (failure->run->end == FILE_RUN_CHANGED)
		pg_log_error("the file of %s \"%s\"%s has changed since it was read "
					 "(%s)", what, name,
					 failure->step->includes.head == NULL ? "" :
					 ", or one that it includes,", path);
	else
		pg_log_error("psql ended with status %d in %s \"%s\" (%s)", number,
					 what, name, path);
}

/* Say what was wrong with a file that has run to its end. */
static void
say_what_is_wrong(const DeployFailure *failure, const char *path)
{
	if (failure->run->is_left_open)
		pg_log_error("%s \"%s\" leaves a transaction open (%s)",
					 subject(failure), failure->name, path);
	else if (failure->run->has_lost_wrapping)
		pg_log_error("%s \"%s\" has ended the transaction that was put "
					 "around it (%s)",
					 subject(failure), failure->name, path);
	else if (FILE_RUN_IS_CARELESS(failure->run))
		pg_log_error("%s \"%s\" has gone on after an error (%s)",
					 subject(failure), failure->name, path);
	else if (failure->outcome->is_unreadable)
		pg_log_error("%s \"%s\" has run without an error, but the register "
					 "cannot be read (%s)",
					 subject(failure), failure->name, path);
	else if (is_registered_right(failure) || !failure->outcome->is_known)
		pg_log_error("the server did not answer when %s \"%s\" had run "
					 "(%s)",
					 subject(failure), failure->name, path);
	else if (failure->action == DEPLOY_APPLY)
		pg_log_error("patch \"%s\" has run without an error, but is not "
					 "registered (%s)", failure->name, path);
	else
		pg_log_error("rollback of \"%s\" has run without an error, but it "
					 "is still registered (%s)", failure->name, path);
}

/*
 * Say whom it was waiting for, as far as that was seen, and how often it was
 * tried.
 */
static void
say_what_was_waited_for(const DeployFailure *failure,
						PQExpBuffer blockers)
{
	const Attempts *attempts = failure->attempts;
	int			count = attempts->count + !attempts->is_waiting;
	char		often[32] = "";

	if (!failure->run->lacked_lock)
	{
		if (blockers->len > 0)
			fe_compat_log_detail("Shortly before, it was waiting for %s.",
								 blockers->data);
		return;
	}
	if (count > 1)
		snprintf(often, sizeof(often), ", in %d attempts,", count);
	fe_compat_log_detail("For %s%s it was waiting for %s.",
						 duration_text(clock_milliseconds() -
									   attempts->start), often,
						 blockers->len > 0 ? blockers->data :
						 "somebody who was not seen");
}

/* Say what led to it, if psql or the server do not say so. */
static void
say_what_was_before(const DeployFailure *failure)
{
	const ScriptOutline *outline = failure->step->outline;
	const Stall *stall = failure->run->stall;

	if (stall != NULL)
		fe_compat_log_detail("Waiting for %s, which was locked by %s: %s.",
							 stall->object, stall->place, stall->who);
	if (FILE_RUN_IS_CARELESS(failure->run))
		fe_compat_log_detail("%s", failure->run->ignores_errors ?
							 "It turns ON_ERROR_STOP off, so that psql goes "
							 "on after an error." :
							 "psql goes on after an \\if or \\elif that it "
							 "cannot decide, and takes it for false.");
	if (failure->run->is_silent && outline->describe_line > 0)
		fe_compat_log_detail("psql does not say why.  It ends so at a \\d "
							 "or its like for something that is not there: "
							 "the first one is in line %d of %s.",
							 outline->describe_line,
							 report_printable(outline->describe_path));
	else if (failure->run->is_silent)
		fe_compat_log_detail("psql does not say why.");
}

/* The names in quotes, with commas between; the caller frees them. */
static char *
join_names(const SimpleStringList *names)
{
	PQExpBufferData text;
	const SimpleStringListCell *cell;

	initPQExpBuffer(&text);
	for (cell = names->head; cell != NULL; cell = cell->next)
		appendPQExpBuffer(&text, "%s\"%s\"", text.len > 0 ? ", " : "",
						  report_printable(cell->val));
	return buffer_finish(&text);
}

/* Say why the register is not as it should be although there was no error. */
static void
say_why(const DeployFailure *failure)
{
	if (failure->run->is_left_open)
		fe_compat_log_detail("There is no COMMIT for its last BEGIN, or "
							 "AUTOCOMMIT was off.");
	else if (failure->outcome->unplanned.head != NULL)
	{
		char	   *names = join_names(&failure->outcome->unplanned);

		fe_compat_log_detail("%s meanwhile: %s.",
							 failure->action == DEPLOY_APPLY ?
							 "Registered were" : "Taken back were", names);
		pg_free(names);
	}
	else if (!FILE_RUN_IS_CARELESS(failure->run))
		fe_compat_log_detail("Its transaction was rolled back or prepared, or "
							 "the call of %s was not reached.",
							 failure->action == DEPLOY_APPLY ?
							 "register_patch" : "unregister_patch");
}

/* Name the indexes that are not valid: one may be of the file. */
static void
say_invalid_indexes(const DeployFailure *failure)
{
	char	   *indexes = join_names(&failure->outcome->invalid);

	if (indexes[0] != '\0')
		fe_compat_log_detail("Indexes that are not valid in this database, as "
							 "CREATE INDEX CONCURRENTLY leaves them when it "
							 "fails: %s.", indexes);
	pg_free(indexes);
}

/* Say what to do about what may be half done. */
static void
say_what_to_do(const DeployFailure *failure)
{
	if (!failure->step->outline->is_atomic)
		say_invalid_indexes(failure);
	fe_compat_log_hint("Check what was left behind, complete or undo it "
					   "by hand, then run this command again.");
}

/*
 * Say what was kept of a file that did not make the register what it should
 * be.
 */
static void
say_what_was_kept(const DeployFailure *failure)
{
	const ScriptOutline *outline = failure->step->outline;
	int			names = deploy_outcome_count_names(failure->step);
	const char *what = failure->action == DEPLOY_APPLY ?
		"Its registration" : "The removal of its registration";

	if (failure->run->end == FILE_RUN_CHANGED ||
		failure->run->end == FILE_RUN_REFUSED)
	{
		fe_compat_log_detail("Nothing of it was run.");
		return;
	}
	if (failure->outcome->registered != names - failure->expected)
		fe_compat_log_detail("Only a part of it was kept: %d of its %d names "
							 "are registered.", failure->outcome->registered,
							 names);
	else if (outline->directives->no_transaction)
		fe_compat_log_detail("It runs without a transaction: each of its "
							 "statements that succeeded was kept.");
	else if (has_run(failure->run) && !failure->run->is_left_open)
		fe_compat_log_detail("Whether any of it was kept does not show in the "
							 "register.");
	else if (outline->reconnects)
		fe_compat_log_detail("It connects anew, so that some of it may have "
							 "been kept.");
	else if (script_outline_is_whole(outline) && outline->unseen_line == 0)
	{
		fe_compat_log_detail(failure->step->members == NULL ?
							 "Nothing of it was kept." :
							 "Nothing of it was kept, nor of the other "
							 "patches: all are in one transaction.");
		return;
	}
	else if (script_outline_is_whole(outline))
		fe_compat_log_detail("%s was not kept.  It is not known whether "
							 "something else was: line %d may have ended the "
							 "transaction, as what psql runs there cannot be "
							 "read before.", what, outline->unseen_line);
	else
		fe_compat_log_detail("%s was not kept, but what is outside that "
							 "transaction may have been, such as line %d.",
							 what, outline->outside_line);
	say_what_to_do(failure);
}

bool
deploy_report_is_whole(const PlanStep *step, const FileRun *run)
{
	if (FILE_RUN_IS_WRONG(run))
		return false;
	return has_run(run) ||
		(script_outline_is_whole(step->outline) &&
		 step->outline->unseen_line == 0 && run->end != FILE_RUN_FAILED);
}

bool
deploy_report_is_finished(const DeployFailure *failure)
{
	const Outcome *outcome = failure->outcome;

	return outcome->progress != NULL && outcome->unfinished.name == NULL &&
		failure->run->end != FILE_RUN_FAILED &&
		is_registered_right(failure) && !FILE_RUN_IS_WRONG(failure->run);
}

/* Say what to do about a part of which it is not known what it did. */
static void
say_how_to_answer(const DeployFailure *failure)
{
	const UnfinishedPatch *patch = &failure->outcome->unfinished;
	bool		is_whole = failure->step->parts->cut.count == 0 ||
		strcmp(patch->running, "whole") == 0;
	char	   *answers = plan_resume_answers(failure->step, is_whole ?
											  PLAN_RESUME_WHOLE : patch->done,
											  patch->name);

	fe_compat_log_hint("Find out how much of it was done. %s",
					   report_printable(answers));
	pg_free(answers);
}

/* Say how far an unfinished file has come, and how it goes on. */
static void
say_progress(const DeployFailure *failure)
{
	const UnfinishedPatch *patch = &failure->outcome->unfinished;
	bool		is_known = plan_resume_is_known(failure->step->parts, patch);

	if (patch->done > 0)
		fe_compat_log_detail("%d of its %d parts %s done, and will not be "
							 "run again.", patch->done, patch->parts,
							 patch->done == 1 ? "is" : "are");
	if (is_registered_right(failure))
		fe_compat_log_detail("It is registered, but unfinished: what "
							 "requires it has to wait.");
	if (!patch->runs || (patch->leaves[0] == '\0' && is_known))
		fe_compat_log_hint("The next \"versioning apply\" goes on at line "
						   "%d.", patch->line);
	else if (is_known)
	{
		say_invalid_indexes(failure);
		fe_compat_log_hint("The next \"versioning apply\" takes away what "
						   "line %d has left behind, and goes on there.",
						   patch->line);
	}
	else
	{
		fe_compat_log_detail("It is not known what was kept of what begins "
							 "in line %d.", patch->line);
		say_how_to_answer(failure);
	}
}

/*
 * Say that the register is as it should be, although the file is one
 * transaction in which there was an error.
 */
static void
say_that_others_did_it(const char *state)
{
	fe_compat_log_detail("It is %s all the same: somebody else has done that "
						 "meanwhile, or the error came after COMMIT.", state);
	fe_compat_log_hint("If it was somebody else, nothing was kept of this "
					   "run, and running this command again goes on.");
}

/* Say that the register is as it should be, all the same. */
static void
say_that_it_is_done(const DeployFailure *failure)
{
	bool		is_apply = failure->action == DEPLOY_APPLY;
	const char *state = is_apply ? "registered" : "taken back";
	bool		is_doubtful = failure->run->has_lost_wrapping ||
		failure->step->outline->unseen_line > 0;

	if (deploy_report_is_whole(failure->step, failure->run))
	{
		fe_compat_log_detail("All of it was kept: it is %s.", state);
		return;
	}
	if (script_outline_is_whole(failure->step->outline) &&
		failure->run->end == FILE_RUN_FAILED)
	{
		say_that_others_did_it(state);
		return;
	}
	fe_compat_log_detail("It is %s, so that it will not be run again, but %s "
						 "all of it is %s.", state, is_doubtful ? "maybe not" :
						 "not", is_apply ? "there" : "gone");
	say_invalid_indexes(failure);
	if (is_apply)
		fe_compat_log_hint("Finish it by hand; or undo it by hand, take it "
						   "out of the register with _v.unregister_patch, "
						   "and run this command again.");
	else
		fe_compat_log_hint("Check what is left of it, and finish the rollback "
						   "by hand.");
}

/* Say that it is not known what was kept. */
static void
say_that_nothing_is_known(const DeployFailure *failure)
{
	if (failure->outcome->is_running)
		fe_compat_log_detail("The server's process %d, which runs it, does "
							 "not end, so it is not known what was kept.",
							 failure->run->backend.pid);
	else if (failure->outcome->is_unreadable)
		fe_compat_log_detail("The register of patches can no longer be read, "
							 "so it is not known what was kept.");
	else
		fe_compat_log_detail("The server does not answer, so it is not known "
							 "what was kept.");
	fe_compat_log_hint("\"versioning status\" will say whether it is "
					   "applied.");
}

/* Say why a file that lacked a lock is not tried again. */
static void
say_why_not_again(const DeployFailure *failure)
{
	const char *obstacle = deploy_attempts_obstacle(failure->attempts);

	if (obstacle != NULL && obstacle[0] != '\0')
		fe_compat_log_detail("%s", obstacle);
}

/* Say what would help a file that lacked a lock. */
static void
say_what_helps(const DeployFailure *failure, const char *ending)
{
	if (ending[0] != '\0')
		fe_compat_log_hint("This ends what was waited for: %s", ending);
	if (failure->outcome->is_known && !is_registered_right(failure) &&
		failure->outcome->unfinished.name == NULL)
		fe_compat_log_hint("The same command, run again, goes on here.");
}

/* Say what is there of a file, and what to do about it. */
static void
say_what_is_there(const DeployFailure *failure)
{
	bool		is_to_be_explained = has_run(failure->run) &&
		!failure->is_interrupted;

	if (!failure->outcome->is_known)
		say_that_nothing_is_known(failure);
	else if (failure->outcome->unfinished.name != NULL)
	{
		if (is_to_be_explained)
			say_why(failure);
		say_progress(failure);
	}
	else if (failure->outcome->progress != NULL && !has_run(failure->run) &&
			 (deploy_report_is_finished(failure) ||
			  !is_registered_right(failure)))
		fe_compat_log_detail("%s", deploy_report_is_finished(failure) ?
							 "All of it was kept: it is registered." :
							 "Nothing of it was kept.");
	else if (is_registered_right(failure))
		say_that_it_is_done(failure);
	else
	{
		if (is_to_be_explained)
			say_why(failure);
		say_what_was_kept(failure);
	}
}

/* The same of a rehearsal, of which nothing is kept in the end. */
static void
say_what_was_rehearsed(const DeployFailure *failure)
{
	if (failure->outcome->is_known && !is_registered_right(failure) &&
		has_run(failure->run) && !failure->is_interrupted)
		say_why(failure);
}

/* Say that what was run after it does not verify it, or could not be run. */
static void
say_unverified(const DeployFailure *failure, const char *path)
{
	bool		is_false = failure->run->end == FILE_RUN_FAILED &&
		!failure->run->lacked_lock && !failure->is_interrupted;

	pg_log_error(failure->is_interrupted ?
				 "interrupted when patch \"%s\" was verified (%s)" :
				 "patch \"%s\" was not verified (%s)", failure->name, path);
	if (!failure->attempts->runner->options->is_rehearsal)
		fe_compat_log_detail("It is applied all the same: it could be "
							 "verified only after it, as it is not one "
							 "transaction of plain SQL.");
	fe_compat_log_hint(is_false ? "Mend it by another patch, or take it back; "
					   "\"versioning verify\" looks again." :
					   "\"versioning verify\" looks again.");
}

void
deploy_report_failure(const DeployFailure *failure)
{
	const PlanStep *step = failure->run->at != NULL ? failure->run->at :
		failure->step;
	const char *path = report_printable(step->file->path);
	bool		lacked_lock = failure->run->lacked_lock &&
		!failure->is_interrupted;
	const PGresult *seen;
	const PGresult *who = deploy_attempts_blockers(failure->attempts,
												   failure->run, &seen);
	PQExpBufferData blockers;
	PQExpBufferData ending;

	if (failure->run->is_unverified)
	{
		say_unverified(failure, path);
		return;
	}
	initPQExpBuffer(&blockers);
	initPQExpBuffer(&ending);
	if (who != NULL)
	{
		watch_blockers_append(&blockers, who, seen);
		watch_blockers_append_ending(&ending, who, seen);
	}
	if (has_run(failure->run) && !failure->is_interrupted &&
		failure->run->stall == NULL)
		say_what_is_wrong(failure, path);
	else
		say_how_it_failed(failure, path);
	say_what_was_waited_for(failure, &blockers);
	if (lacked_lock)
		say_why_not_again(failure);
	say_what_was_before(failure);
	if (failure->attempts->runner->options->is_rehearsal)
		say_what_was_rehearsed(failure);
	else
		say_what_is_there(failure);
	if (lacked_lock)
		say_what_helps(failure, ending.data);
	termPQExpBuffer(&blockers);
	termPQExpBuffer(&ending);
}

void
deploy_report_counts(DeployAction action, int done, int failed, int total)
{
	pg_log_info("%d %s, %d failed, %d not attempted", done,
				action == DEPLOY_APPLY ? "applied" : "taken back", failed,
				total - done - failed);
}
