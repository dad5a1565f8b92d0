/*-------------------------------------------------------------------------
 *
 * run/psql.h
 *		Running a file in a psql of its own
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_PSQL_H
#define RUN_PSQL_H

#include "run/file.h"

/*
 * Run the file of a step, with this lock_timeout in milliseconds, unless it is
 * 0.  The handover is for a connection like the runner's.
 * Signals must be caught by interruption_catch().  psql has ended then, but
 * its backend may still be there.
 */
extern void run_psql_run(const FileRunner *runner,
						 const ConnectionHandover *handover,
						 const PlanStep *step, int lock_timeout,
						 FileRun *run);

#endif							/* RUN_PSQL_H */
