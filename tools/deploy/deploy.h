/*-------------------------------------------------------------------------
 *
 * deploy/deploy.h
 *		Running the files of a plan, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_H
#define DEPLOY_H

#include "deploy/file.h"
#include "deploy/lock.h"
#include "plan/plan.h"

/*
 * Run the files of a plan that has no errors, in the database of the
 * connection.  The lock must be had.
 */
extern Status deploy_run(const DeployOptions *options, PGconn *conn,
						 DeployLock *lock, DeployAction action,
						 const PatchPlan *plan);

#endif							/* DEPLOY_H */
