/*-------------------------------------------------------------------------
 *
 * check/conflicts.h
 *		Patches that require what they conflict with
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_CONFLICTS_H
#define CHECK_CONFLICTS_H

#include "base/problem.h"
#include "project/project.h"

/* Add the patches that cannot be applied because of conflicts. */
extern void check_conflicts(const Project *project, ProblemList *found);

#endif							/* CHECK_CONFLICTS_H */
