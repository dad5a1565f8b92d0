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
	ScriptOutline *outline;		/* how it is to be run; NULL: it is plain, and
								 * not opened, see plan_open_step() */
	SimpleStringList includes;	/* of what it includes, what was there */
	SourceDigest digest;		/* of it and these */
	const char **names;			/* what it registers, or takes back */
	int			name_count;
	bool		has_digest;		/* else it cannot be had */
	PlanParts  *parts;			/* NULL: it is run in one go */
	SimpleStringList jobs;		/* not done: they are to be run before it */
	const ProjectFile **verifications;	/* what verifies what it has done */
	int			verification_count;
	struct PatchPlan *members;	/* NULL: it is a file; see plan/single.h */
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

/* Add a file that verifies the patch of that name. */
extern void plan_add_verification(PatchPlan *plan, const ProjectFile *file,
								  const char *name);

/* Have the steps of a plan to apply patches verified by what there is. */
extern void plan_add_verifications(PatchPlan *plan, const Project *project);

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

/*
 * Have the outline of a step.  Most files are a single transaction: there may
 * be many of them, so the outline of such a file is made anew, from the bytes
 * that it has been read from, when it is needed again.
 */
extern void plan_open_step(PlanStep *step);

/* The step is done: forget the outline. */
extern void plan_close_step(PlanStep *step);

/* Leave out all steps but the first ones, so many. */
extern void plan_shorten(PatchPlan *plan, int count);

/* Free the plan; the files and their names are the project's. */
extern void plan_free(PatchPlan *plan);

#endif							/* PLAN_H */
