/*-------------------------------------------------------------------------
 *
 * plan/verify.h
 *		Which patches to verify that are applied
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_VERIFY_H
#define PLAN_VERIFY_H

#include "plan/plan.h"

/*
 * Make the plan to verify these patches, or if there are no names, all that
 * are applied and have a file for that, in the order in which they were
 * applied.  The files of the steps are those that verify.
 */
extern PatchPlan *plan_verify_create(const Project *project,
									 const Register *reg,
									 char *const *names, int name_count);

/*
 * Find the files that verify no patch, neither one of the files nor one that
 * is applied, as far as is known: the register may be NULL.  They become
 * problems that are so bad, unless they say themselves that they are none.
 */
extern void plan_verify_find_strays(const Project *project,
									const Register *reg, ProblemLevel level,
									ProblemList *found);

#endif							/* PLAN_VERIFY_H */
