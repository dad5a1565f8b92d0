/*-------------------------------------------------------------------------
 *
 * command/apply.c
 *		versioning apply: apply the patches that are pending
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "command/command.h"
#include "command/deploy.h"
#include "plan/apply.h"

/* Those that the user has named, or all. */
static PatchPlan *
make_plan(Options *options, const Project *project, const Register *reg)
{
	return plan_apply_create(project, reg, options->names,
							 options->name_count);
}

/* Apply the patches that are named, with what they require, or all. */
Status
command_apply(Options *options)
{
	return command_deploy_run(options, DEPLOY_APPLY, make_plan);
}
