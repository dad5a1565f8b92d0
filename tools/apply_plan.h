/*-------------------------------------------------------------------------
 *
 * apply_plan.h
 *		What is to be applied
 *
 *-------------------------------------------------------------------------
 */
#ifndef APPLY_PLAN_H
#define APPLY_PLAN_H

#include "patch_plan.h"

extern PatchPlan *apply_plan_create(const Project *project,
									const Register *reg,
									char *const *names, int name_count);

#endif							/* APPLY_PLAN_H */
