/*-------------------------------------------------------------------------
 *
 * rollback_plan.h
 *		What is to be taken back
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLBACK_PLAN_H
#define ROLLBACK_PLAN_H

#include "patch_plan.h"

extern PatchPlan *rollback_plan_create(const Project *project,
									   const Register *reg,
									   char *const *names, int name_count,
									   bool is_cascade);

#endif							/* ROLLBACK_PLAN_H */
