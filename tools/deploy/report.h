/*-------------------------------------------------------------------------
 *
 * deploy/report.h
 *		What is said when a file did not do what it should
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_REPORT_H
#define DEPLOY_REPORT_H

#include "deploy/attempts.h"
#include "deploy/outcome.h"
#include "run/lock.h"

/* A file that was run, and what has come of it */
typedef struct DeployFailure
{
	DeployAction action;
	const PlanStep *step;
	const char *name;			/* of its patches, for people */
	const FileRun *run;
	const Outcome *outcome;
	int			expected;		/* how many names are to be registered */
	bool		is_interrupted;
	const Attempts *attempts;	/* the last of which the run is */
} DeployFailure;

/*
 * Was all of the file kept, given that the register is as it should be?  It
 * was if it has run to its end, or is one transaction that something from
 * outside has ended; but what it leaves open is rolled back.
 */
extern bool deploy_report_is_whole(const PlanStep *step, const FileRun *run);

/*
 * Was all of the file kept, although it has not been run to its end, as far as
 * is noted?
 */
extern bool deploy_report_is_finished(const DeployFailure *failure);

/* Say on standard error all there is to say about a failure. */
extern void deploy_report_failure(const DeployFailure *failure);

/* Say how far a run that was not finished has come. */
extern void deploy_report_counts(DeployAction action, int done, int failed,
								 int total);

#endif							/* DEPLOY_REPORT_H */
