/*-------------------------------------------------------------------------
 *
 * deploy.h
 *		Running the files of a plan, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_H
#define DEPLOY_H

#include "deploy_lock.h"
#include "patch_plan.h"

extern Status deploy_run(const Options *options, PGconn *conn,
						 DeployLock *lock, DeployAction action,
						 const PatchPlan *plan);

#endif							/* DEPLOY_H */
