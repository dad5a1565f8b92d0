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

PatchPlan *
plan_verify_create(const Project *project, const Register *reg,
				   char *const *names, int name_count)
{
	PatchPlan  *plan = plan_create(name_count == 0 ? reg->count : name_count);
	int			i;

	for (i = 0; i < name_count; i++)
		if (!has_patch(plan, names[i]) &&
			(register_find(reg, names[i]) == NULL ||
			 !add_patch(plan, project, names[i])))
			complain(plan, project, reg, names[i]);
	for (i = 0; name_count == 0 && i < reg->count; i++)
		if (reg->patches[i].unfinished == NULL)
			(void) add_patch(plan, project, reg->patches[i].name);
	return plan;
}
