/*-------------------------------------------------------------------------
 *
 * plan/rollback.h
 *		What is to be taken back
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_ROLLBACK_H
#define PLAN_ROLLBACK_H

#include "plan/plan.h"

/*
 * Make the plan to take these patches back, with all that requires them if
 * "is_cascade".  Free it with plan_free.
 */
extern PatchPlan *plan_rollback_create(const Project *project,
									   const Register *reg,
									   char *const *names, int name_count,
									   bool is_cascade);

#endif							/* PLAN_ROLLBACK_H */
