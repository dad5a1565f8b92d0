/*-------------------------------------------------------------------------
 *
 * deploy_truth.h
 *		What is really in the database after something went wrong
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_TRUTH_H
#define DEPLOY_TRUTH_H

#include "fe_utils/simple_list.h"
#include "file_run.h"
#include "truth_source.h"

/* What has come of a step */
typedef struct DeployTruth
{
	bool		is_known;		/* else the rest says nothing */
	bool		is_running;		/* the backend would not end */
	bool		is_unreadable;	/* the register is gone, or was closed */
	int			registered;		/* how many of the step's names are */
	SimpleStringList strangers; /* names that came or went, of no step */
	SimpleStringList invalid;	/* indexes that are not valid */
} DeployTruth;

extern int	deploy_truth_count_names(const PlanStep *step);
extern void deploy_truth_find(TruthSource *source, const Backend *backend,
							  const PatchPlan *plan, int step,
							  DeployTruth *truth);
extern void deploy_truth_free(DeployTruth *truth);

#endif							/* DEPLOY_TRUTH_H */
