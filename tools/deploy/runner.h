/*-------------------------------------------------------------------------
 *
 * deploy/runner.h
 *		What it takes to run the files of a plan in this database
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_RUNNER_H
#define DEPLOY_RUNNER_H

#include "run/file.h"
#include "run/lock.h"

/*
 * Learn it from the database of the connection, for a plan of so many steps.
 * The runner's observer and onlookers must be open already.
 */
extern void deploy_runner_open(FileRunner *runner,
							   const RunOptions *options, PGconn *conn,
							   DeployAction action, int count);

/* Free what was made for that. */
extern void deploy_runner_close(FileRunner *runner);

#endif							/* DEPLOY_RUNNER_H */
