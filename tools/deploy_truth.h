/*-------------------------------------------------------------------------
 *
 * deploy_truth.h
 *		What is really in the database after something went wrong
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_TRUTH_H
#define DEPLOY_TRUTH_H

#include "name_table.h"
#include "patch_plan.h"
#include "psql_session.h"

typedef struct DeployTruth
{
	bool		is_known;		/* else the rest says nothing */
	bool		is_running;		/* the backend would not end */
	int			registered;		/* how many of the step's names are */
	SimpleStringList strangers; /* names that came or went, of no step */
	SimpleStringList invalid;	/* indexes that are not valid */
} DeployTruth;

/* A connection that is made anew if it is lost, and what it has seen first */
typedef struct TruthSource
{
	PGconn	   *given;			/* not owned */
	PGconn	   *own;			/* after it is lost, or NULL */
	PGresult   *before;			/* the names that were registered */
} TruthSource;

extern bool deploy_truth_prepare(TruthSource *source, PGconn *conn);
extern void deploy_truth_find(TruthSource *source, const PsqlBackend *backend,
							  const PatchPlan *plan, int step,
							  DeployTruth *truth);
extern void deploy_truth_free(DeployTruth *truth);
extern void deploy_truth_finish(TruthSource *source);

#endif							/* DEPLOY_TRUTH_H */
