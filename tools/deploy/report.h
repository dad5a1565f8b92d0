/*-------------------------------------------------------------------------
 *
 * deploy/report.h
 *		What is said when a file did not do what it should
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_REPORT_H
#define DEPLOY_REPORT_H

#include "deploy/lock.h"
#include "deploy/outcome.h"

/* A file that was run, and what has come of it */
typedef struct DeployFailure
{
	DeployAction action;
	const PlanStep *step;
	const char *name;			/* of its patches, for people */
	const FileRun *run;
	const Outcome *truth;
	int			expected;		/* how many names are to be registered */
	bool		is_interrupted;
} DeployFailure;

extern bool deploy_report_is_whole(const PlanStep *step, const FileRun *run);
extern void deploy_report_failure(const DeployFailure *failure);
extern void deploy_report_counts(DeployAction action, int done, int failed,
								 int total);

#endif							/* DEPLOY_REPORT_H */
