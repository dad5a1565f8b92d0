/*-------------------------------------------------------------------------
 *
 * plan/single.c
 *		All files of a plan in a single transaction
 *
 * To all who look at it, such a transaction is one step with all the names,
 * which is applied or is not.  Only whoever runs it, or names what has failed,
 * looks at the members.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/single.h"
#include "script/single.h"

/* The step of a transaction, and what it has that is its own */
typedef struct SinglePlan
{
	PatchPlan	plan;
	PlanStep	step;
	ScriptOutline outline;
	ScriptDirectives directives;
} SinglePlan;

/* Complain of what keeps a step from sharing a transaction. */
static void
check_step(PatchPlan *plan, PlanStep *step)
{
	const ProjectFile *file = step->file;
	const char *obstacle = NULL;
	int			line = 0;

	plan_open_step(step);
	if (step->parts != NULL && step->parts->unfinished != NULL)
		obstacle = "the patch is unfinished: have it finished without "
			"--single-transaction first";
	else if (step->jobs.head != NULL)
		obstacle = "the patch waits for a job";
	else
		obstacle = script_single_obstacle(step->outline, &file->bytes, &line);
	if (obstacle != NULL)
		problem_add(&plan->problems, PROBLEM_ERROR, file->path, line,
					"this prevents a single transaction: %s", obstacle);
	if (file->is_plain)
		plan_close_step(step);
}

void
plan_single_check(PatchPlan *plan)
{
	int			i;

	for (i = 0; i < plan->count; i++)
		check_step(plan, &plan->steps[i]);
}

/* Take over a limit of a member, if it is the strictest. */
static void
add_limit(DirectiveLimit *limit, const DirectiveLimit *other)
{
	if (other->line > 0 &&
		(limit->line == 0 || other->milliseconds < limit->milliseconds))
		*limit = *other;
}

/* Take over what matters to the transaction that a member is in. */
static void
add_member(SinglePlan *single, PlanStep *member)
{
	const ScriptOutline *outline;
	int			i;

	plan_open_step(member);
	outline = member->outline;
	if (single->outline.outer_line == 0)
	{
		single->outline.outer_what = outline->outer_what;
		single->outline.outer_path = outline->outer_path;
		single->outline.outer_line = outline->outer_line;
	}
	add_limit(&single->directives.lock_timeout,
			  &outline->directives->lock_timeout);
	add_limit(&single->directives.retry_for,
			  &outline->directives->retry_for);
	for (i = 0; i < member->name_count; i++)
		single->step.names[single->step.name_count++] = member->names[i];
	plan_close_step(member);
}

PatchPlan *
plan_single_create(PatchPlan *members)
{
	SinglePlan *single = pg_malloc0(sizeof(SinglePlan));
	PlanStep   *step = &single->step;
	int			count = 0;
	int			i;

	for (i = 0; i < members->count; i++)
		count += members->steps[i].name_count;
	single->plan.steps = step;
	single->plan.count = 1;
	single->outline.directives = &single->directives;
	single->outline.is_atomic = true;
	step->outline = &single->outline;
	step->members = members;
	step->file = members->steps[0].file;
	step->has_digest = members->steps[0].has_digest;
	memcpy(step->digest, members->steps[0].digest, sizeof(step->digest));
	step->names = pg_malloc((count + 1) * sizeof(char *));
	for (i = 0; i < members->count; i++)
		add_member(single, &members->steps[i]);
	return &single->plan;
}

void
plan_single_free(PatchPlan *plan)
{
	pg_free(plan->steps->names);
	pg_free(plan);
}
