/*-------------------------------------------------------------------------
 *
 * deploy_command.h
 *		What apply and rollback have in common
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_COMMAND_H
#define DEPLOY_COMMAND_H

#include "deploy_lock.h"
#include "patch_plan.h"

/* Makes the plan of a command, which refers to project and register. */
typedef PatchPlan *(*MakePlan) (Options *options, const Project *project,
								const Register *reg);

extern Status deploy_command_run(Options *options, DeployAction action,
								 MakePlan make_plan);

#endif							/* DEPLOY_COMMAND_H */
