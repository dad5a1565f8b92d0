/*-------------------------------------------------------------------------
 *
 * plan/apply.h
 *		What is to be applied
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_APPLY_H
#define PLAN_APPLY_H

#include "plan/plan.h"

/*
 * Make the plan to apply these patches and all that they require; if there
 * are no names, all that are pending.  Free it with plan_free.
 */
extern PatchPlan *plan_apply_create(const Project *project,
									const Register *reg,
									char *const *names, int name_count);

#endif							/* PLAN_APPLY_H */
