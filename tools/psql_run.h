/*-------------------------------------------------------------------------
 *
 * psql_run.h
 *		Running a file in a psql of its own
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_RUN_H
#define PSQL_RUN_H

#include "file_run.h"

/*
 * Run the file of a step.  The handover is for a connection like the runner's.
 * Signals must be caught by interruption_catch().  psql has ended then, but
 * its backend may still be there.
 */
extern void psql_run_file(const FileRunner *runner,
						  const ConnectionHandover *handover,
						  const PlanStep *step, FileRun *run);

#endif							/* PSQL_RUN_H */
