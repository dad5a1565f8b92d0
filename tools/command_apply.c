/*-------------------------------------------------------------------------
 *
 * command_apply.c
 *		versioning apply: apply the patches that are pending
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "apply_plan.h"
#include "deploy_command.h"

/* Those that the user has named, or all. */
static PatchPlan *
make_plan(Options *options, const Project *project, const Register *reg)
{
	return apply_plan_create(project, reg, options->names,
							 options->name_count);
}

/* Apply the patches that are named, with what they require, or all. */
Status
command_apply(Options *options)
{
	return deploy_command_run(options, DEPLOY_APPLY, make_plan);
}
