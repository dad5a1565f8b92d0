/*-------------------------------------------------------------------------
 *
 * plan/to.c
 *		How far to go: up to a patch, or back to it
 *
 * Patches are a graph; what comes before or after a patch is a matter of the
 * order in which they would be applied, or were.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/judge.h"
#include "plan/names.h"
#include "plan/to.h"

/* Nobody knows that name. */
static void
complain_of_name(const Project *project, const Register *reg,
				 const char *name, ProblemList *problems)
{
	problem_add(problems, PROBLEM_ERROR, NULL, 0, "--to: there is no patch "
				"\"%s\"%s", name,
				plan_names_argument_suggestion(project, reg, name));
}

/* Is all of the file applied, or the patch of that name if it is NULL? */
static bool
is_applied(const Register *reg, const ProjectFile *file, const char *name)
{
	int			i;

	if (file == NULL)
		return register_find(reg, name) != NULL;
	for (i = 0; i < file->file->count; i++)
		if (plan_judge_is_pending(reg, &file->file->calls[i]))
			return false;
	return true;
}

/* How many steps there are up to that of the file; 0 if there is none. */
static int
count_steps(const PatchPlan *plan, const ProjectFile *file)
{
	int			i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].file == file)
			return i + 1;
	return 0;
}

/* The patch is pending, but there is no step for it: say why. */
static void
complain_of_wait(PatchPlan *plan, const ProjectFile *file, const char *name)
{
	int			i;

	for (i = 0; i < plan->wait_count; i++)
		if (plan->waits[i].file == file)
			problem_add(&plan->problems, PROBLEM_ERROR, file->path, 0,
						"--to: patch \"%s\" %s", name,
						plan->waits[i].reason);
}

void
plan_to_cut(PatchPlan *plan, const Project *project, const Register *reg,
			const char *name)
{
	const ProjectFile *file = plan_names_patch_file(project, name);
	int			count = 0;

	if (file == NULL && register_find(reg, name) == NULL)
		complain_of_name(project, reg, name, &plan->problems);
	else if (!is_applied(reg, file, name))
	{
		count = count_steps(plan, file);
		if (count == 0)
			complain_of_wait(plan, file, name);
	}
	plan_shorten(plan, count);
}

/* The number in the register of what is meant, or NAME_TABLE_NONE. */
static int
find_number(const Project *project, const Register *reg, const char *name)
{
	const ProjectFile *file = plan_names_patch_file(project, name);
	int			result = name_table_find(reg->table, name);
	int			i;

	if (result != NAME_TABLE_NONE || file == NULL)
		return result;
	for (i = 0; i < file->file->count; i++)
		result = Max(result, name_table_find(reg->table,
											 file->file->calls[i].name));
	return result;
}

int
plan_to_count_after(const Project *project, const Register *reg,
					const char *name, ProblemList *problems)
{
	int			number = find_number(project, reg, name);

	if (number != NAME_TABLE_NONE)
		return reg->count - 1 - number;
	if (plan_names_patch_file(project, name) != NULL)
		problem_add(problems, PROBLEM_ERROR, NULL, 0, "--to: patch \"%s\" "
					"is not applied, so there is no way back to it", name);
	else
		complain_of_name(project, reg, name, problems);
	return 0;
}
