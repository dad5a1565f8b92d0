/*-------------------------------------------------------------------------
 *
 * check/names.h
 *		What is wrong with the names of patches, and with what is missing
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_NAMES_H
#define CHECK_NAMES_H

#include "base/finding.h"
#include "database/register.h"
#include "project/project.h"

extern void check_names(const Project *project, const Register *reg,
						FindingList *findings);

#endif							/* CHECK_NAMES_H */
