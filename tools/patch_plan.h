/*-------------------------------------------------------------------------
 *
 * patch_plan.h
 *		Which files to run, in which order
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_PLAN_H
#define PATCH_PLAN_H

#include "project.h"
#include "register.h"

typedef struct PlanStep
{
	const ProjectFile *file;
	const char **names;			/* what it registers, or takes back */
	int			name_count;
} PlanStep;

typedef struct PatchPlan
{
	PlanStep   *steps;
	int			count;
	ComplaintList complaints;	/* with errors, nothing may run */
} PatchPlan;

extern PatchPlan *patch_plan_apply(const Project *project,
								   const Register *reg,
								   char *const *names, int name_count);
extern PatchPlan *patch_plan_rollback(const Project *project,
									  const Register *reg,
									  char *const *names, int name_count,
									  bool is_cascade);
extern bool patch_plan_has_errors(const PatchPlan *plan);
extern void patch_plan_free(PatchPlan *plan);

#endif							/* PATCH_PLAN_H */
