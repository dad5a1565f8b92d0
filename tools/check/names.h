/*-------------------------------------------------------------------------
 *
 * check/names.h
 *		What is wrong with the names of patches, and with what is missing
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_NAMES_H
#define CHECK_NAMES_H

#include "base/problem.h"
#include "database/register.h"
#include "project/project.h"

/*
 * Add what is wrong with the names of a project.  The register, which may be
 * NULL, is looked at for what may be known from there, too.
 */
extern void check_names(const Project *project, const Register *reg,
						ProblemList *found);

#endif							/* CHECK_NAMES_H */
