/*-------------------------------------------------------------------------
 *
 * command/deploy.h
 *		What apply and rollback have in common
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_DEPLOY_H
#define COMMAND_DEPLOY_H

#include "command/options.h"
#include "deploy/lock.h"
#include "plan/plan.h"

/* Makes the plan of a command, which refers to project and register. */
typedef PatchPlan *(*MakePlan) (Options *options, const Project *project,
								const Register *reg);

/* Run the command that makes such a plan; returns the exit status. */
extern Status command_deploy_run(Options *options, DeployAction action,
								 MakePlan make_plan);

#endif							/* COMMAND_DEPLOY_H */
