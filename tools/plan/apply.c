/*-------------------------------------------------------------------------
 *
 * plan/apply.c
 *		What is to be applied
 *
 * Files are wanted because they register a patch that is pending, or one of
 * those that the user has named, or because a wanted one requires it.  All
 * of them are looked at, so that all problems are told at once; then they
 * are put into their order.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/graph.h"
#include "plan/apply.h"
#include "plan/names.h"

/* A plan in the making */
typedef struct Planner
{
	const Project *project;
	const Register *reg;
	PatchPlan  *plan;
	bool	   *wanted;			/* of the project's patch files */
	int		   *stack;			/* wanted ones not followed yet */
	int			depth;
	int			count;			/* how many are wanted */

	/* by a name's number: the applied patch that conflicts with it */
	const AppliedPatch **enemies;
} Planner;

/* Does the call register a patch that is not applied yet? */
static bool
is_pending(const Planner *planner, const PatchCall *call)
{
	return call->action != PATCH_UNREGISTER &&
		register_find(planner->reg, call->name) == NULL;
}

/* A file is wanted, if there is something in it that is not applied. */
static void
want_file(Planner *planner, int number)
{
	const PatchFile *file = planner->project->patches[number].file;
	int			i;

	if (planner->wanted[number])
		return;
	for (i = 0; i < file->count; i++)
		if (is_pending(planner, &file->calls[i]))
		{
			planner->wanted[number] = true;
			planner->stack[planner->depth++] = number;
			planner->count++;
			return;
		}
}

/* The number of the file that registers a name, or PROJECT_NONE. */
static int
file_of(const Project *project, const char *name)
{
	int			number = project_find(project, name);

	return number == PROJECT_NONE ? PROJECT_NONE :
		project->names[number].patch_file;
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
			if (!is_pending(planner, &file->calls[i]))
				continue;
			for (cell = file->calls[i].requirements.head; cell != NULL;
				 cell = cell->next)
			{
				int			provider = file_of(planner->project, cell->val);

				if (provider != PROJECT_NONE &&
					register_find(planner->reg, cell->val) == NULL)
					want_file(planner, provider);
			}
		}
	}
}

/* Want what the user has named: a patch, or a file. */
static void
want_named(Planner *planner, const char *name)
{
	const Project *project = planner->project;
	int			number = file_of(project, name);
	const ProjectFile *file;

	if (number == PROJECT_NONE && register_find(planner->reg, name) != NULL)
		return;
	if (number == PROJECT_NONE)
	{
		file = plan_names_file(project->patches, project->patch_count, name);
		if (file != NULL)
			number = file - project->patches;
	}
	if (number != PROJECT_NONE)
		want_file(planner, number);
	else
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"no file registers a patch \"%s\"%s", name,
					plan_names_argument_suggestion(project, planner->reg,
												   name));
}

/* Note with which names the applied patches say that they conflict. */
static void
note_enemies(Planner *planner)
{
	const Register *reg = planner->reg;
	int			i;
	int			j;

	for (i = 0; i < reg->count; i++)
		for (j = 0; j < reg->patches[i].conflict_count; j++)
		{
			int			number = project_find(planner->project,
											  reg->patches[i].conflicts[j]);

			if (number != PROJECT_NONE)
				planner->enemies[number] = &reg->patches[i];
		}
}

/* Complain about requirements that cannot be met. */
static void
check_requirements(Planner *planner, const ProjectFile *file,
				   const PatchCall *call)
{
	const SimpleStringListCell *cell;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		if (register_find(planner->reg, cell->val) == NULL &&
			file_of(planner->project, cell->val) == PROJECT_NONE)
			problem_add(&planner->plan->problems, PROBLEM_ERROR,
						file->path, call->line,
						"patch \"%s\" requires \"%s\", which is %s "
						"registered by a file%s",
						call->name, cell->val,
						unfinished_find(&planner->reg->unfinished,
										cell->val) != NULL ?
						"unfinished, and not" : "neither applied nor",
						plan_names_other_suggestion(planner->project,
													planner->reg,
													cell->val,
													call->name));
}

/* Complain about conflicts with what is applied, or will be. */
static void
check_conflicts(Planner *planner, const ProjectFile *file,
				const PatchCall *call)
{
	ProblemList *problems = &planner->plan->problems;
	const SimpleStringListCell *cell;
	int			number = project_find(planner->project, call->name);
	const AppliedPatch *enemy = planner->enemies[number];

	if (enemy != NULL && !patch_call_conflicts(call, enemy->name))
		problem_add(problems, PROBLEM_ERROR, file->path, call->line,
					"patch \"%s\" cannot be applied: \"%s\", which is "
					"applied, conflicts with it", call->name, enemy->name);
	for (cell = call->conflicts.head; cell != NULL; cell = cell->next)
	{
		int			other = file_of(planner->project, cell->val);

		if (register_find(planner->reg, cell->val) != NULL)
			problem_add(problems, PROBLEM_ERROR, file->path,
						call->line, "patch \"%s\" conflicts with \"%s\", "
						"which is applied", call->name, cell->val);
		else if (other != PROJECT_NONE && planner->wanted[other] &&
				 strcmp(cell->val, call->name) != 0 &&
				 !project_repeats_conflict(planner->project, number,
										   project_find(planner->project,
														cell->val)))
			problem_add(problems, PROBLEM_ERROR, file->path,
						call->line, "patch \"%s\" conflicts with \"%s\", "
						"which is to be applied, too (%s)", call->name,
						cell->val, planner->project->patches[other].path);
	}
}

/* Complain about what would keep a file from being applied. */
static void
check_file(Planner *planner, const ProjectFile *file)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];

		if (is_pending(planner, call))
		{
			check_requirements(planner, file, call);
			check_conflicts(planner, file, call);
		}
		else if (call->action == PATCH_REGISTER)
			problem_add(&planner->plan->problems, PROBLEM_ERROR,
						file->path, call->line,
						"patch \"%s\" is applied already, but others in "
						"this file are not, so the file cannot be run",
						call->name);
	}
}

/* Add the wanted files to the plan, each after those that it needs. */
static void
order_files(Planner *planner)
{
	const Project *project = planner->project;
	PatchGraph *graph = patch_graph_create();
	const ProjectFile **files = pg_malloc((planner->count + 1) *
										  sizeof(ProjectFile *));
	int		   *order = pg_malloc((planner->count + 1) * sizeof(int));
	ProblemList problems = {0};
	int			count = 0;
	int			i;

	for (i = 0; i < project->patch_count; i++)
		if (planner->wanted[i])
		{
			files[count++] = &project->patches[i];
			patch_graph_add(graph, project->patches[i].path,
							project->patches[i].file);
		}
	count = patch_graph_sort(graph, order, &problems);
	for (i = 0; i < count; i++)
		plan_add_patch(planner->plan, files[order[i]], planner->reg);

	/* What it warns of is applied already, or we have complained before */
	for (i = 0; i < problems.count; i++)
		if (problems.items[i].level == PROBLEM_ERROR)
			problem_add(&planner->plan->problems, PROBLEM_ERROR,
						problems.items[i].path, problems.items[i].line,
						"%s", problems.items[i].text);
	problem_free(&problems);
	pg_free(order);
	pg_free(files);
	patch_graph_free(graph);
}

PatchPlan *
plan_apply_create(const Project *project, const Register *reg,
				  char *const *names, int name_count)
{
	Planner		planner = {0};
	int			i;

	planner.project = project;
	planner.reg = reg;
	planner.plan = plan_create(project->patch_count);
	planner.wanted = pg_malloc0(project->patch_count + 1);
	planner.stack = pg_malloc((project->patch_count + 1) * sizeof(int));
	planner.enemies = pg_malloc0((project->name_count + 1) *
								 sizeof(AppliedPatch *));

	for (i = 0; i < name_count; i++)
		want_named(&planner, names[i]);
	for (i = 0; name_count == 0 && i < project->patch_count; i++)
		want_file(&planner, i);
	follow_requirements(&planner);

	note_enemies(&planner);
	for (i = 0; i < project->patch_count; i++)
		if (planner.wanted[i])
			check_file(&planner, &project->patches[i]);
	order_files(&planner);

	pg_free(planner.enemies);
	pg_free(planner.stack);
	pg_free(planner.wanted);
	return planner.plan;
}
