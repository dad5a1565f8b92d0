/*-------------------------------------------------------------------------
 *
 * plan/apply.c
 *		What is to be applied
 *
 * Files are wanted because they register a patch that is pending, or one of
 * those that the user has named, or because a wanted one requires it.  All
 * of them are judged, so that all problems are told at once.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/judge.h"
#include "plan/names.h"
#include "plan/plan.h"

/* A plan in the making */
typedef struct Planner
{
	const Project *project;
	const Register *reg;
	PatchPlan  *plan;
	bool	   *wanted;			/* of the project's patch files */
	int		   *stack;			/* wanted ones not followed yet */
	int			depth;
} Planner;

/* A file is wanted, if there is something in it that is not applied. */
static void
want_file(Planner *planner, int number)
{
	const PatchFile *file = planner->project->patches[number].file;
	int			i;

	if (planner->wanted[number])
		return;
	for (i = 0; i < file->count; i++)
		if (plan_judge_is_pending(planner->reg, &file->calls[i]))
		{
			planner->wanted[number] = true;
			planner->stack[planner->depth++] = number;
			return;
		}
}

/* Want what the wanted files require, and so on. */
static void
follow_requirements(Planner *planner)
{
	while (planner->depth > 0)
	{
		int			number = planner->stack[--planner->depth];
		const PatchFile *file = planner->project->patches[number].file;
		const SimpleStringListCell *cell;
		int			i;

		for (i = 0; i < file->count; i++)
		{
			if (!plan_judge_is_pending(planner->reg, &file->calls[i]))
				continue;
			for (cell = file->calls[i].requirements.head; cell != NULL;
				 cell = cell->next)
			{
				const ProjectName *name =
					project_find_patch(planner->project, cell->val);

				if (name != NULL &&
					register_find(planner->reg, cell->val) == NULL)
					want_file(planner, name->patch_file);
			}
		}
	}
}

/* Want what the user has named: a patch, or a file. */
static void
want_named(Planner *planner, const char *name)
{
	const Project *project = planner->project;
	const ProjectFile *file = plan_names_patch_file(project, name);

	if (file != NULL)
		want_file(planner, file - project->patches);
	else if (register_find(planner->reg, name) == NULL)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"no file registers a patch \"%s\"%s", name,
					plan_names_argument_suggestion(project, planner->reg,
												   name));
}

PatchPlan *
plan_apply_create(const Project *project, const Register *reg,
				  char *const *names, int name_count, bool runs_jobs)
{
	Planner		planner = {0};
	Judgement  *judgement;
	int			i;

	planner.project = project;
	planner.reg = reg;
	planner.plan = plan_create(project->patch_count);
	planner.wanted = pg_malloc0(project->patch_count + 1);
	planner.stack = pg_malloc((project->patch_count + 1) * sizeof(int));

	for (i = 0; i < name_count; i++)
		want_named(&planner, names[i]);
	for (i = 0; name_count == 0 && i < project->patch_count; i++)
		want_file(&planner, i);
	follow_requirements(&planner);

	judgement = plan_judge_create(project, reg, planner.wanted);
	plan_judge_report(judgement, &planner.plan->problems);
	for (i = 0; i < judgement->order_count; i++)
	{
		int			number = judgement->order[i];

		if (!runs_jobs && plan_judge_waits(judgement, number))
			plan_add_wait(planner.plan, &project->patches[number],
						  plan_judge_wait_phrase(judgement, number));
		else
			plan_add_patch(planner.plan, &project->patches[number], reg);
	}

	plan_add_verifications(planner.plan, project);
	plan_judge_free(judgement);
	pg_free(planner.stack);
	pg_free(planner.wanted);
	return planner.plan;
}
