/*-------------------------------------------------------------------------
 *
 * rehearse/rehearse.c
 *		Applying patches, taking them back, and applying them again
 *
 * Each patch is applied and taken back, with a dump of the schema before and
 * after; if these are equal, it leaves nothing behind.  Then it is applied
 * again, for those that require it.  If it has jobs, it is taken back twice:
 * when they have begun, and when they are done.
 *
 * If it cannot be applied again, or not be taken back, or if its rollback has
 * taken away too much, the database is not fit for what comes next.  But the
 * patches up to this one can be applied, that has been seen: this is done, in
 * a new database, and so the rehearsal goes on.
 *
 * Whether all can be applied in a single transaction is another question, and
 * the first one if it is asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/buffer.h"
#include "base/interruption.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/report.h"
#include "deploy/deploy.h"
#include "plan/single.h"
#include "pqexpbuffer.h"
#include "rehearse/jobs.h"
#include "rehearse/rehearse.h"
#include "scratch/dump.h"

/* What keeps a step from being taken back, which it may excuse */
static const char no_rollback[] = "there is no rollback file";

bool
rehearse_open(Rehearsal *rehearsal)
{
	rehearsal->scratch = scratch_database_create(rehearsal->options->argv0,
												 rehearsal->template,
												 rehearsal->target);
	if (rehearsal->scratch == NULL)
		return false;
	if (run_lock_acquire(rehearsal->options->wait, rehearsal->scratch->conn,
						 DEPLOY_APPLY, &rehearsal->lock) == STATUS_DONE)
		return true;
	rehearsal->lock = NULL;
	return false;
}

bool
rehearse_close(Rehearsal *rehearsal)
{
	ScratchDatabase *scratch = rehearsal->scratch;

	if (rehearsal->lock != NULL)
		run_lock_release(rehearsal->lock);
	rehearsal->lock = NULL;
	rehearsal->scratch = NULL;
	return scratch == NULL || scratch_database_drop(scratch);
}

/* Is it told what goes well, too? */
static bool
is_told(const Rehearsal *rehearsal)
{
	return rehearsal->options->is_json || !rehearsal->options->is_quiet;
}

/* The line about a step, up to what is said of it; the caller frees it. */
static char *
step_label(const Rehearsal *rehearsal, int number, const char *said)
{
	const PlanStep *step = &rehearsal->plan->steps[number];
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text,
						 watch_progress_number(number + 1,
											   rehearsal->plan->count));
	for (i = 0; i < step->name_count; i++)
		appendPQExpBuffer(&text, "%s%s", i > 0 ? ", " : "",
						  report_printable(step->names[i]));
	appendPQExpBuffer(&text, ": %s", said);
	return buffer_finish(&text);
}

/*
 * Run files; what they print is shown only if they fail.  Meanwhile the label
 * is shown.
 */
static Status
run_labelled(Rehearsal *rehearsal, const char *label, bool is_single,
			 DeployAction action, const PatchPlan *plan)
{
	RunOptions	options = *rehearsal->options;
	Status		status = STATUS_FAILED;

	if (interruption_count() == 0)
	{
		options.label = options.is_quiet ? NULL : label;
		options.is_quiet = true;
		options.is_json = false;
		options.is_rehearsal = true;
		options.is_single = is_single;
		fflush(stdout);
		status = deploy_run(&options, rehearsal->scratch->conn,
							rehearsal->lock, action, plan);
	}
	return status;
}

/* Run files for a step. */
static Status
run(Rehearsal *rehearsal, int number, const char *doing, DeployAction action,
	const PatchPlan *plan)
{
	char	   *label = step_label(rehearsal, number, doing);
	Status		status = run_labelled(rehearsal, label, false, action, plan);

	pg_free(label);
	return status;
}

/* Apply some of the steps, up to that number. */
static Status
apply(Rehearsal *rehearsal, int first, int number, const char *doing)
{
	PatchPlan	part = {0};

	part.steps = rehearsal->plan->steps + first;
	part.count = number - first + 1;
	return run(rehearsal, number, doing, DEPLOY_APPLY, &part);
}

/* Begin anew, with what has been applied up to a step. */
static Status
begin_anew(Rehearsal *rehearsal, int last)
{
	if (!rehearse_close(rehearsal) || !rehearse_open(rehearsal))
		return STATUS_TROUBLE;
	return apply(rehearsal, 0, last,
				 "applying all up to it, in a new database");
}

/* Dump the schema as it is now; NULL after a message. */
static char *
take_dump(Rehearsal *rehearsal)
{
	return scratch_dump_take(rehearsal->options->argv0,
							 rehearsal->scratch->conn, "");
}

/* Tell programs what has come of a step, with a difference, or NULL. */
static void
print_event(const Rehearsal *rehearsal, int number, const char *word,
			const char *result, const char *difference)
{
	const PlanStep *step = &rehearsal->plan->steps[number];

	json_begin_object("event", "step");
	json_print_number("number", number + 1);
	json_print_array("patches", (char *const *) step->names,
					 step->name_count);
	json_print_member("file", step->file->path);
	json_print_member("result", word);
	json_print_member("text", result);
	json_print_member("difference", difference);
	puts("}");
	fflush(stdout);
}

/*
 * Say what has come of a step, in words that need no more than that, and in
 * one for programs.
 */
static void
print_result(const Rehearsal *rehearsal, int number, const char *word,
			 const char *result)
{
	char	   *line;

	if (rehearsal->options->is_json)
	{
		print_event(rehearsal, number, word, result, NULL);
		return;
	}
	line = step_label(rehearsal, number, result);
	puts(line);
	fflush(stdout);
	pg_free(line);
}

/* Does the file take back a patch that is not in the step? */
static bool
takes_back_others(const ProjectFile *file, const PlanStep *step)
{
	int			i;
	int			j;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];

		for (j = 0; j < step->name_count; j++)
			if (strcmp(step->names[j], call->name) == 0)
				break;
		if (j == step->name_count && call->action == PATCH_UNREGISTER)
			return true;
	}
	return false;
}

/*
 * The plan to take a step back: the rollback files of its patches, those of
 * the last ones first.  What is wrong with them is told of.  Returns NULL if
 * that is not possible, with the reason in "obstacle"; else the caller frees
 * it.
 */
static PatchPlan *
plan_rollback(const Rehearsal *rehearsal, const PlanStep *step,
			  const char **obstacle)
{
	const Project *project = rehearsal->project;
	PatchPlan  *plan = plan_create(step->name_count);
	int			i;

	*obstacle = NULL;
	for (i = step->name_count - 1; i >= 0 && *obstacle == NULL; i--)
	{
		int			number = project_find(project, step->names[i]);
		int			rollback = project->names[number].rollback_file;
		const ProjectFile *file;
		int			j;

		if (rollback == PROJECT_NONE)
		{
			*obstacle = no_rollback;
			break;
		}
		file = &project->rollbacks[rollback];
		if (takes_back_others(file, step))
			*obstacle = "its rollback file takes back other patches, too";
		for (j = 0; j < plan->count; j++)
			if (plan->steps[j].file == file)
				break;
		if (j == plan->count)
			plan_add_rollback(plan, file);
	}
	report_problems(rehearsal->progname, &plan->problems, NULL);
	if (problem_has_errors(&plan->problems))
		*obstacle = "its rollback file has a problem";
	if (*obstacle == NULL)
		return plan;
	plan_free(plan);
	return NULL;
}

/* Note that a step cannot be taken back: some are not meant to be. */
static void
note_obstacle(Rehearsal *rehearsal, int number, const char *obstacle)
{
	const PlanStep *step = &rehearsal->plan->steps[number];

	if (obstacle == no_rollback &&
		script_outline_disables(project_outline(step->file),
								PROBLEM_NO_ROLLBACK))
	{
		rehearsal->counts[REHEARSAL_EXCUSED]++;
		if (is_told(rehearsal))
			print_result(rehearsal, number, "applied", "applied");
		return;
	}
	rehearsal->counts[REHEARSAL_MISSING]++;
	print_result(rehearsal, number, "missing", obstacle);
}

/* Say how the schema is another one than before a step. */
static void
print_difference(Rehearsal *rehearsal, int number, const PatchPlan *rollback,
				 const char *before, const char *after, const char *word,
				 const char *result)
{
	const PlanStep *step = &rehearsal->plan->steps[number];
	const PlanStep *last = &rollback->steps[rollback->count - 1];
	char	   *before_label = psprintf("before %s",
										report_printable(step->file->path));
	char	   *after_label = psprintf("after %s",
									   report_printable(last->file->path));
	char	   *text = scratch_dump_difference(before, before_label, after,
											   after_label);

	if (rehearsal->options->is_json)
		print_event(rehearsal, number, word, result, text);
	else
	{
		print_result(rehearsal, number, word, result);
		fputs(text == NULL ? "" : text, stdout);
	}
	pg_free(text);
	pg_free(before_label);
	pg_free(after_label);
}

/*
 * Compare the schema before a step and after its rollback.  Returns whether
 * the step is counted: for what it has left behind, or taken away.  A column
 * that is back cannot be where it was: that is no fault, but is said.
 */
static bool
compare(Rehearsal *rehearsal, int number, const PatchPlan *rollback,
		const char *before, const char *after)
{
	const char *word = "leaving";
	const char *result = "its rollback leaves something behind";
	bool		is_counted = false;

	if (strcmp(before, after) == 0)
		return false;
	if (scratch_dump_is_reordered(before, after))
	{
		word = "reordered";
		result = "its rollback puts columns in another order";
	}
	else
	{
		is_counted = true;
		if (scratch_dump_is_part(after, before))
		{
			word = "taking";
			result = "its rollback takes away too much";
			rehearsal->counts[REHEARSAL_TAKING]++;
		}
		else
			rehearsal->counts[REHEARSAL_LEAVING]++;
	}
	if (is_counted || is_told(rehearsal))
		print_difference(rehearsal, number, rollback, before, after, word,
						 result);
	return is_counted;
}

/*
 * Apply a step again; if it is not counted yet, count it.  Something that the
 * step does not bring back may be missing.
 */
static Status
apply_again(Rehearsal *rehearsal, int number, bool is_counted,
			bool is_damaged)
{
	Status		status = apply(rehearsal, number, number, "applying it again");

	if (status == STATUS_FAILED && interruption_count() == 0)
	{
		print_result(rehearsal, number, "failed",
					 "it cannot be applied again");
		if (!is_counted)
			rehearsal->counts[REHEARSAL_FAILED]++;
		return begin_anew(rehearsal, number);
	}
	if (status == STATUS_DONE && !is_counted && !rehearsal->is_halfway)
	{
		rehearsal->counts[REHEARSAL_GOOD]++;
		if (is_told(rehearsal))
			print_result(rehearsal, number, "ok", "ok");
	}
	return status == STATUS_DONE && is_damaged ?
		begin_anew(rehearsal, number) : status;
}

/* A step has been applied: take it back, compare, and apply it again. */
static Status
take_back(Rehearsal *rehearsal, int number, const PatchPlan *rollback,
		  const char *before)
{
	Status		status = run(rehearsal, number, rehearsal->is_halfway ?
							 "taking it back during its job" :
							 "taking it back", DEPLOY_ROLLBACK, rollback);
	char	   *after;
	bool		is_counted;
	bool		is_damaged;

	if (status == STATUS_FAILED && interruption_count() == 0)
	{
		print_result(rehearsal, number, "failed", rehearsal->is_halfway ?
					 "its rollback has failed during its job" :
					 "its rollback has failed");
		rehearsal->counts[REHEARSAL_FAILED]++;
		return begin_anew(rehearsal, number);
	}
	if (status != STATUS_DONE)
		return status;

	after = take_dump(rehearsal);
	if (after == NULL)
		return STATUS_TROUBLE;
	is_counted = compare(rehearsal, number, rollback, before, after);
	is_damaged = !scratch_dump_is_part(before, after);
	pg_free(after);
	return apply_again(rehearsal, number, is_counted, is_damaged);
}

/* Apply a step for the first time. */
static Status
apply_first(Rehearsal *rehearsal, int number)
{
	Status		status = apply(rehearsal, number, number, "applying it");

	if (status == STATUS_FAILED && interruption_count() == 0)
	{
		print_result(rehearsal, number, "failed", "it cannot be applied");
		rehearsal->counts[REHEARSAL_FAILED]++;
	}
	return status;
}

/* How many steps have been counted, however they fared? */
static int
count_steps(const Rehearsal *rehearsal)
{
	int			count = 0;
	int			i;

	for (i = 0; i < REHEARSAL_OUTCOMES; i++)
		count += rehearsal->counts[i];
	return count;
}

/*
 * A step with jobs has been applied: take it back when they have begun, if it
 * can be taken back, and apply it again.
 */
static Status
take_back_halfway(Rehearsal *rehearsal, int number, const PatchPlan *rollback,
				  const char *before)
{
	Status		status;

	if (rollback == NULL)
		return STATUS_DONE;
	if (!rehearse_jobs_begin(rehearsal->scratch->conn,
							 &rehearsal->plan->steps[number]))
		return STATUS_TROUBLE;
	rehearsal->is_halfway = true;
	status = take_back(rehearsal, number, rollback, before);
	rehearsal->is_halfway = false;
	return status;
}

/*
 * Run the jobs that a step registers, or those that it waits for.  If they
 * fail, the status says so, and the step is counted.
 */
static Status
run_jobs(Rehearsal *rehearsal, int number, JobAction action)
{
	char	   *label = step_label(rehearsal, number, action == JOB_REGISTER ?
								   "running its job" :
								   "running the job that it waits for");
	bool		is_done = rehearse_jobs_run(rehearsal->options,
											rehearsal->scratch->conn,
											&rehearsal->plan->steps[number],
											action, label);

	pg_free(label);
	if (!is_done && interruption_count() == 0)
	{
		print_result(rehearsal, number, "failed", action == JOB_REGISTER ?
					 "its job has failed" :
					 "the job that it waits for has failed");
		rehearsal->counts[REHEARSAL_FAILED]++;
	}
	return is_done ? STATUS_DONE : STATUS_FAILED;
}

/*
 * A step has been applied: take it back, compare, and apply it again; with its
 * jobs, if it has any.  The rollback is NULL if there is none.
 */
static Status
go_on(Rehearsal *rehearsal, int number, const PatchPlan *rollback,
	  const char *before, const char *obstacle)
{
	const PlanStep *step = &rehearsal->plan->steps[number];
	bool		has_jobs = rehearse_jobs_exist(step, JOB_REGISTER);
	int			count = count_steps(rehearsal);
	Status		status = STATUS_DONE;

	if (has_jobs)
		status = take_back_halfway(rehearsal, number, rollback, before);
	if (status == STATUS_DONE && has_jobs && count_steps(rehearsal) == count)
		status = run_jobs(rehearsal, number, JOB_REGISTER);
	if (status != STATUS_DONE || count_steps(rehearsal) != count)
		return status;
	if (rollback != NULL)
		return take_back(rehearsal, number, rollback, before);
	note_obstacle(rehearsal, number, obstacle);
	return STATUS_DONE;
}

/* Rehearse a step. */
static Status
rehearse(Rehearsal *rehearsal, int number)
{
	const char *obstacle;
	PatchPlan  *rollback = plan_rollback(rehearsal,
										 &rehearsal->plan->steps[number],
										 &obstacle);
	char	   *before = NULL;
	Status		status = STATUS_DONE;

	if (rehearse_jobs_exist(&rehearsal->plan->steps[number], JOB_AWAIT))
		status = run_jobs(rehearsal, number, JOB_AWAIT);
	if (rollback != NULL && status == STATUS_DONE)
	{
		before = take_dump(rehearsal);
		if (before == NULL)
			status = STATUS_TROUBLE;
	}
	if (status == STATUS_DONE)
		status = apply_first(rehearsal, number);
	if (status == STATUS_DONE)
		status = go_on(rehearsal, number, rollback, before, obstacle);

	pg_free(before);
	if (rollback != NULL)
		plan_free(rollback);
	return status;
}

/* Say whether all can be applied in a single transaction. */
static void
print_single(const Rehearsal *rehearsal, bool is_good)
{
	const char *result = is_good ? "ok" : "they cannot be applied";

	if (rehearsal->options->is_json)
	{
		fputs("{\"event\": \"transaction\"", stdout);
		json_print_member("result", is_good ? "ok" : "failed");
		json_print_member("text", result);
		puts("}");
	}
	else if (!is_good || is_told(rehearsal))
		printf("all in a single transaction: %s\n", result);
	fflush(stdout);
}

/* Apply all in a single transaction, and begin anew. */
static Status
try_single(Rehearsal *rehearsal)
{
	PatchPlan  *single = plan_single_create(rehearsal->plan);
	Status		status = run_labelled(rehearsal, "all in a single "
									  "transaction: applying them", true,
									  DEPLOY_APPLY, single);

	plan_single_free(single);
	if (status == STATUS_DONE || interruption_count() == 0)
		print_single(rehearsal, status == STATUS_DONE);
	if (status == STATUS_DONE &&
		(!rehearse_close(rehearsal) || !rehearse_open(rehearsal)))
		status = STATUS_TROUBLE;
	return status;
}

Status
rehearse_run(Rehearsal *rehearsal)
{
	Status		status = STATUS_DONE;
	int			i;

	if (rehearsal->options->is_single && rehearsal->plan->count > 0)
		status = try_single(rehearsal);
	for (i = 0; i < rehearsal->plan->count && status == STATUS_DONE; i++)
	{
		rehearsal->gone = i + 1;
		if (rehearsal->is_cycled[i])
			status = rehearse(rehearsal, i);
		else
		{
			status = apply_first(rehearsal, i);
			if (status == STATUS_DONE && is_told(rehearsal))
				print_result(rehearsal, i, "applied", "applied");
		}
	}
	return status;
}
