/*-------------------------------------------------------------------------
 *
 * check/register.h
 *		What of the files does not go with what is applied
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_REGISTER_H
#define CHECK_REGISTER_H

#include "base/problem.h"
#include "database/register.h"
#include "project/project.h"

/* Add what of a project does not go with a register. */
extern void check_register(const Project *project, const Register *reg,
						   ProblemList *found);

#endif							/* CHECK_REGISTER_H */
