/*-------------------------------------------------------------------------
 *
 * deploy/psql.h
 *		Running a file in a psql of its own
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_PSQL_H
#define DEPLOY_PSQL_H

#include "deploy/file.h"

/*
 * Run the file of a step, with this lock_timeout in milliseconds, unless it is
 * 0.  The handover is for a connection like the runner's.
 * Signals must be caught by interruption_catch().  psql has ended then, but
 * its backend may still be there.
 */
extern void deploy_psql_run(const FileRunner *runner,
							const ConnectionHandover *handover,
							const PlanStep *step, int lock_timeout,
							FileRun *run);

#endif							/* DEPLOY_PSQL_H */
