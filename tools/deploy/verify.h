/*-------------------------------------------------------------------------
 *
 * deploy/verify.h
 *		Have patches that are applied done what they should?
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_VERIFY_H
#define DEPLOY_VERIFY_H

#include "plan/plan.h"
#include "run/file.h"

/*
 * Run what verifies the steps of a plan, whose files are those that do, in the
 * database of the connection, each read-only and by itself, and tell of each.
 * Returns STATUS_DONE if none of them has failed, or STATUS_FAILED.
 */
extern Status deploy_verify_run(const RunOptions *options, PGconn *conn,
								const PatchPlan *plan);

#endif							/* DEPLOY_VERIFY_H */
