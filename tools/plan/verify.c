/*-------------------------------------------------------------------------
 *
 * plan/verify.c
 *		Which patches to verify that are applied
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/names.h"
#include "plan/verify.h"
#include "project/verification.h"

/* Is there a step for that name? */
static bool
has_patch(const PatchPlan *plan, const char *name)
{
	int			i;

	for (i = 0; i < plan->count; i++)
		if (strcmp(plan->steps[i].names[0], name) == 0)
			return true;
	return false;
}

/* Add a step for a patch that is applied, if there is a file for that. */
static bool
add_patch(PatchPlan *plan, const Project *project, const char *name)
{
	const ProjectFile *file = project_verification_find(project, name);

	if (file != NULL)
		plan_add_verification(plan, file, name);
	return file != NULL;
}

/* Complain of a name for which there is no step. */
static void
complain(PatchPlan *plan, const Project *project, const Register *reg,
		 const char *name)
{
	if (register_find(reg, name) != NULL)
		problem_add(&plan->problems, PROBLEM_ERROR, NULL, 0,
					"no file verifies patch \"%s\"", name);
	else if (project_find_patch(project, name) != NULL)
		problem_add(&plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" is not applied, so it cannot be verified",
					name);
	else
		problem_add(&plan->problems, PROBLEM_ERROR, NULL, 0,
					"there is no patch \"%s\"%s", name,
					plan_names_argument_suggestion(project, reg, name));
}

/* Add the step for the patch of that name, once, or complain. */
static void
add_name(PatchPlan *plan, const Project *project, const Register *reg,
		 const char *name)
{
	if (!has_patch(plan, name) && (register_find(reg, name) == NULL ||
								   !add_patch(plan, project, name)))
		complain(plan, project, reg, name);
}

/* Add the steps for an argument: the name of a patch, or a path. */
static void
add_argument(PatchPlan *plan, const Project *project, const Register *reg,
			 const char *argument)
{
	const ProjectFile *file = register_find(reg, argument) != NULL ? NULL :
		plan_names_patch_file(project, argument);
	int			i;

	if (file == NULL || project_find_patch(project, argument) != NULL)
		add_name(plan, project, reg, argument);
	else
		for (i = 0; i < file->file->count; i++)
			if (file->file->calls[i].action != PATCH_UNREGISTER)
				add_name(plan, project, reg, file->file->calls[i].name);
}

PatchPlan *
plan_verify_create(const Project *project, const Register *reg,
				   char *const *names, int name_count)
{
	PatchPlan  *plan = plan_create(reg->count);
	int			i;

	for (i = 0; i < name_count; i++)
		add_argument(plan, project, reg, names[i]);
	for (i = 0; name_count == 0 && i < reg->count; i++)
		if (reg->patches[i].unfinished == NULL)
			(void) add_patch(plan, project, reg->patches[i].name);
	return plan;
}

/* Note which file verifies the patch of that name, if there is one. */
static void
note_name(const Project *project, const char *name, bool *is_used)
{
	const ProjectFile *file = project_verification_find(project, name);

	if (file != NULL)
		is_used[file - project->verifications] = true;
}

/* Complain of a file that verifies no patch: its name may be misspelt. */
static void
complain_of_stray(const Project *project, const Register *reg,
				  const ProjectFile *file, ProblemLevel level,
				  ProblemList *found)
{
	char	   *name = project_verification_name(file);

	problem_add_kind(found, level, PROBLEM_VERIFY_WITHOUT_PATCH, file->path,
					 0, "there is no patch \"%s\" that this verifies%s", name,
					 plan_names_suggestion(project, reg, name, NULL));
	pg_free(name);
}

void
plan_verify_find_strays(const Project *project, const Register *reg,
						ProblemLevel level, ProblemList *found)
{
	bool	   *is_used = pg_malloc0(project->verification_count + 1);
	int			i;

	for (i = 0; i < project->name_count; i++)
		if (project->names[i].patch != NULL)
			note_name(project, project->names[i].patch->name, is_used);
	for (i = 0; reg != NULL && i < reg->count; i++)
		note_name(project, reg->patches[i].name, is_used);
	for (i = 0; i < project->verification_count; i++)
		if (!is_used[i] &&
			!script_outline_disables(project->verifications[i].outline,
									 PROBLEM_VERIFY_WITHOUT_PATCH))
			complain_of_stray(project, reg, &project->verifications[i],
							  level, found);
	pg_free(is_used);
}
