/*-------------------------------------------------------------------------
 *
 * plan/plan.h
 *		Which files to run, in which order
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_H
#define PLAN_H

#include "database/register.h"
#include "project/project.h"
#include "script/parts.h"

/* How a file is run that is not one transaction, or was none */
typedef struct PlanParts
{
	ScriptParts cut;			/* none: it is run as a whole */
	SourceDigits *digests;		/* of their texts */
	int			next;			/* the first to be run, counted from 0 */
	const UnfinishedPatch *unfinished;	/* how far it has come, or NULL */
} PlanParts;

/* One file to run */
typedef struct PlanStep
{
	const ProjectFile *file;
	ScriptOutline *outline;		/* how it is to be run; never NULL */
	SimpleStringList includes;	/* of what it includes, what was there */
	SourceDigest digest;		/* of it and these */
	bool		has_digest;		/* else that cannot be had */
	const char **names;			/* what it registers, or takes back */
	int			name_count;
	PlanParts  *parts;			/* NULL: it is run in one go */
	SimpleStringList jobs;		/* not done: they are to be run before it */
} PlanStep;

/* A file that is not to be run yet */
typedef struct PlanWait
{
	const ProjectFile *file;
	char	   *reason;			/* a phrase about it */
} PlanWait;

/* The steps in their order; the files and names in them are the project's. */
typedef struct PatchPlan
{
	PlanStep   *steps;
	int			count;
	PlanWait   *waits;			/* for jobs, in the order, too */
	int			wait_count;
	ProblemList problems;	/* with errors, nothing may run */
} PatchPlan;

/* An empty plan with room for so many steps; free it with plan_free. */
extern PatchPlan *plan_create(int space);

/* Add a file that waits, with the reason, which becomes the plan's. */
extern void plan_add_wait(PatchPlan *plan, const ProjectFile *file,
						  char *reason);

/* Add a file that registers patches; those that are applied do not count. */
extern void plan_add_patch(PatchPlan *plan, const ProjectFile *file,
						   const Register *reg);

/* Add a file that takes patches back. */
extern void plan_add_rollback(PatchPlan *plan, const ProjectFile *file);

/*
 * Make the plan to apply these patches and all that they require; if there
 * are no names, all that are pending.  What waits for a job is left out, with
 * what requires it, unless jobs are to be run.
 */
extern PatchPlan *plan_apply_create(const Project *project,
									const Register *reg,
									char *const *names, int name_count,
									bool runs_jobs);

/*
 * Make the plan to take these patches back, with all that requires them if
 * "is_cascade".
 */
extern PatchPlan *plan_rollback_create(const Project *project,
									   const Register *reg,
									   char *const *names, int name_count,
									   bool is_cascade);

/* Free the plan; the files and their names are the project's. */
extern void plan_free(PatchPlan *plan);

#endif							/* PLAN_H */
