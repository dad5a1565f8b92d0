/*-------------------------------------------------------------------------
 *
 * plan/single.h
 *		All files of a plan in a single transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_SINGLE_H
#define PLAN_SINGLE_H

#include "plan/plan.h"

/* Whatever keeps a file from that becomes a problem of the plan. */
extern void plan_single_check(PatchPlan *plan);

/*
 * A plan with one step, whose members are the steps of this plan, which has no
 * problems and must outlive it.  Free it with plan_single_free.
 */
extern PatchPlan *plan_single_create(PatchPlan *members);

/* Free it, but not its members. */
extern void plan_single_free(PatchPlan *plan);

#endif							/* PLAN_SINGLE_H */
