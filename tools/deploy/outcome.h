/*-------------------------------------------------------------------------
 *
 * deploy/outcome.h
 *		What is really in the database after something went wrong
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_OUTCOME_H
#define DEPLOY_OUTCOME_H

#include "fe_utils/simple_list.h"
#include "run/file.h"
#include "watch/observer.h"

/* What has come of a step */
typedef struct Outcome
{
	bool		is_known;		/* else the rest says nothing */
	bool		is_running;		/* the backend would not end */
	bool		is_unreadable;	/* the register is gone, or was closed */
	int			registered;		/* how many of the step's names are */
	SimpleStringList unplanned; /* names that came or went, of no step */
	SimpleStringList invalid;	/* indexes that are not valid */
	PGresult   *progress;		/* rows of unfinished patches, or NULL */
	UnfinishedPatch unfinished; /* that of the step, if it has a name */
} Outcome;

/* How many different names a step has. */
extern int	deploy_outcome_count_names(const PlanStep *step);

/*
 * Find out what has come of a step of the plan, up to which all was done, and
 * see to it that the backend that has run it is gone.  The caller frees what
 * the outcome holds.
 */
extern void deploy_outcome_find(Observer *source, const Backend *backend,
								const PatchPlan *plan, int step,
								Outcome *outcome);

/* Free what the outcome holds. */
extern void deploy_outcome_free(Outcome *outcome);

#endif							/* DEPLOY_OUTCOME_H */
