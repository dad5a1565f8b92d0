/*-------------------------------------------------------------------------
 *
 * plan/to.h
 *		How far to go: up to a patch, or back to it
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_TO_H
#define PLAN_TO_H

#include "plan/plan.h"

/*
 * Leave out of a plan to apply all that is pending what comes after a patch,
 * which is given by its name or by that of its file.  If it is applied, there
 * is nothing left; if it is not in the plan, that is among its problems.
 */
extern void plan_to_cut(PatchPlan *plan, const Project *project,
						const Register *reg, const char *name);

/*
 * How many patches were registered after that one, which is given likewise.
 * If it is not registered, that is among the problems, and none were.
 */
extern int	plan_to_count_after(const Project *project, const Register *reg,
								const char *name, ProblemList *problems);

#endif							/* PLAN_TO_H */
