/*-------------------------------------------------------------------------
 *
 * plan/resume.h
 *		Where the files go on that are not one transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_RESUME_H
#define PLAN_RESUME_H

#include "plan/plan.h"

/* The user does not say where a patch goes on */
#define PLAN_RESUME_BY_ITSELF 0

/*
 * Have the files of a plan to apply patches run in parts, as far as they are
 * not one transaction, if the register can keep note of these.  Those that are
 * unfinished go on after what is done; but the file that registers a patch of
 * that name, or is called so, goes on at that line, if there is one.  Without
 * a name, the plan is for all files.  What keeps them from going on is among
 * the plan's problems.
 */
extern void plan_resume(PatchPlan *plan, const Register *reg,
						const char *name, int line);

/*
 * Can it be known what came of the part that ran when the last attempt at an
 * unfinished patch ended?
 */
extern bool plan_resume_is_known(const PlanParts *parts,
								 const UnfinishedPatch *patch);

/* All of a file that is run as a whole, in the place of a part */
#define PLAN_RESUME_WHOLE (-1)

/*
 * What to do about a part of which it is not known what was done, in words;
 * the patch is called so.  The caller frees the text.
 */
extern char *plan_resume_answers(const PlanStep *step, int part,
								 const char *name);

/* The command, in quotes, that goes on after a part.  Likewise. */
extern char *plan_resume_command_after(const PlanStep *step, int part,
									   const char *name);

#endif							/* PLAN_RESUME_H */
