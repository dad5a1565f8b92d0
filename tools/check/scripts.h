/*-------------------------------------------------------------------------
 *
 * check/scripts.h
 *		What is wrong with each of the scripts of a project
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_SCRIPTS_H
#define CHECK_SCRIPTS_H

#include "base/problem.h"
#include "project/project.h"

/* Add what is wrong with each of the scripts. */
extern void check_scripts(const Project *project, ProblemList *found);

#endif							/* CHECK_SCRIPTS_H */
