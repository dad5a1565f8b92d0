/*-------------------------------------------------------------------------
 *
 * plan/plan.c
 *		Which files to run, in which order
 *
 * What the plans to apply patches (plan/apply.c) and to take them back
 * (plan/rollback.c) have in common: a list of steps.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "plan/judge.h"
#include "plan/plan.h"
#include "project/verification.h"

PatchPlan *
plan_create(int space)
{
	PatchPlan  *plan = pg_malloc0(sizeof(PatchPlan));

	plan->steps = pg_malloc0((space + 1) * sizeof(PlanStep));
	plan->waits = pg_malloc0((space + 1) * sizeof(PlanWait));
	return plan;
}

/* Take over what there is to complain about how a file is to be run. */
static void
copy_complaints(PatchPlan *plan, const PlanStep *step)
{
	const ProblemList *problems = &step->outline->problems;
	int			i;

	for (i = 0; i < problems->count; i++)
	{
		const Problem *problem = &problems->items[i];

		problem_add(&plan->problems, problem->level,
					problem->path != NULL ? problem->path :
					step->file->path, problem->line, "%s",
					problem->text);
	}
}

/*
 * Complain if a file that has no transaction of its own ends the one that we
 * put around it before all is done: part of it could be kept by itself.
 */
static void
check_wrapping(PatchPlan *plan, const PlanStep *step)
{
	if (step->outline->is_wrapped && !step->outline->is_atomic)
		problem_add(&plan->problems, PROBLEM_ERROR, step->file->path,
					step->outline->outside_line,
					"the file has no BEGIN, and the transaction that is put "
					"around it ends before this: write BEGIN where one is "
					"to begin, or \"-- versioning: no-transaction\" to run "
					"the file without");
}

/*
 * Know the digest of the file of a step, with what it includes.  What is still
 * to be made, by this patch or another one, does not count.
 */
static void
find_digest(PlanStep *step)
{
	const SimpleStringListCell *cell;

	cell = step->outline == NULL ? NULL : step->outline->includes.head;
	for (; cell != NULL; cell = cell->next)
		if (access(cell->val, R_OK) == 0)
			simple_string_list_append(&step->includes, cell->val);
	step->has_digest = project_digest(step->file, step->digest) &&
		project_source_add_includes(&step->includes, step->digest);
}

void
plan_open_step(PlanStep *step)
{
	if (step->members == NULL)
		step->outline = project_outline(step->file);
}

void
plan_close_step(PlanStep *step)
{
	if (step->members != NULL)
		return;
	step->outline = NULL;
	project_forget_outline(step->file);
}

/* Add a step for a file, which may have as many names as it has calls. */
static PlanStep *
add_step(PatchPlan *plan, const ProjectFile *file)
{
	PlanStep   *step = &plan->steps[plan->count++];

	step->file = file;
	if (!file->is_plain)
	{
		plan_open_step(step);
		copy_complaints(plan, step);
		check_wrapping(plan, step);
	}
	find_digest(step);
	if (file->is_plain)
		plan_close_step(step);
	step->names = pg_malloc((file->file->count + 1) * sizeof(char *));
	step->name_count = 0;
	return step;
}

/* Add a name to a step, unless it has it. */
static void
add_name(PlanStep *step, const char *name)
{
	int			i;

	for (i = 0; i < step->name_count; i++)
		if (strcmp(step->names[i], name) == 0)
			return;
	step->names[step->name_count++] = name;
}

void
plan_add_wait(PatchPlan *plan, const ProjectFile *file, char *reason)
{
	PlanWait   *wait = &plan->waits[plan->wait_count++];

	wait->file = file;
	wait->reason = reason;
}

/* Note which jobs a step waits for, as far as they are not done. */
static void
add_jobs(PlanStep *step, const Register *reg)
{
	const PatchFile *file = step->file->file;
	int			i;

	for (i = 0; i < file->job_count; i++)
	{
		const char *name = file->jobs[i].name;
		const Job  *job = jobs_find(&reg->jobs, name);

		if (file->jobs[i].action == JOB_AWAIT &&
			(job == NULL || !job->is_done) &&
			!simple_string_list_member(&step->jobs, name))
			simple_string_list_append(&step->jobs, name);
	}
}

void
plan_add_patch(PatchPlan *plan, const ProjectFile *file,
			   const Register *reg)
{
	PlanStep   *step = add_step(plan, file);
	int			i;

	for (i = 0; i < file->file->count; i++)
		if (plan_judge_is_pending(reg, &file->file->calls[i]))
			add_name(step, file->file->calls[i].name);
	add_jobs(step, reg);
}

void
plan_add_verification(PatchPlan *plan, const ProjectFile *file,
					  const char *name)
{
	PlanStep   *step = &plan->steps[plan->count++];

	step->file = file;
	step->outline = file->outline;
	step->names = pg_malloc(sizeof(char *));
	step->names[step->name_count++] = name;
	step->verifications = pg_malloc(sizeof(ProjectFile *));
	step->verifications[step->verification_count++] = file;
}

void
plan_add_verifications(PatchPlan *plan, const Project *project)
{
	int			i;
	int			j;

	for (i = 0; i < plan->count; i++)
	{
		PlanStep   *step = &plan->steps[i];

		step->verifications = pg_malloc((step->name_count + 1) *
										sizeof(ProjectFile *));
		for (j = 0; j < step->name_count; j++)
		{
			const ProjectFile *file =
				project_verification_find(project, step->names[j]);

			if (file != NULL)
				step->verifications[step->verification_count++] = file;
		}
	}
}

void
plan_add_rollback(PatchPlan *plan, const ProjectFile *file)
{
	PlanStep   *step = add_step(plan, file);
	int			i;

	for (i = 0; i < file->file->count; i++)
		if (file->file->calls[i].action == PATCH_UNREGISTER)
			add_name(step, file->file->calls[i].name);
}

/* Free the parts of a step, if it has any. */
static void
free_parts(PlanParts *parts)
{
	if (parts == NULL)
		return;
	pg_free(parts->cut.items);
	pg_free(parts->digests);
	pg_free(parts);
}

void
plan_shorten(PatchPlan *plan, int count)
{
	while (plan->count > count)
	{
		PlanStep   *step = &plan->steps[--plan->count];

		simple_string_list_destroy(&step->includes);
		simple_string_list_destroy(&step->jobs);
		pg_free(step->verifications);
		pg_free(step->names);
		free_parts(step->parts);
	}
}

void
plan_free(PatchPlan *plan)
{
	int			i;

	plan_shorten(plan, 0);
	for (i = 0; i < plan->wait_count; i++)
		pg_free(plan->waits[i].reason);
	pg_free(plan->waits);
	pg_free(plan->steps);
	problem_free(&plan->problems);
	pg_free(plan);
}
