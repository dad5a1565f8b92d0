/*-------------------------------------------------------------------------
 *
 * deploy/deploy.h
 *		Running the files of a plan, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_H
#define DEPLOY_H

#include "plan/plan.h"
#include "run/file.h"
#include "run/lock.h"

/*
 * Run the files of a plan that has no errors, in the database of the
 * connection.  The lock must be had.
 */
extern Status deploy_run(const RunOptions *options, PGconn *conn,
						 RunLock *lock, DeployAction action,
						 const PatchPlan *plan);

#endif							/* DEPLOY_H */
