/*-------------------------------------------------------------------------
 *
 * check_names.h
 *		What is wrong with the names of patches, and with what is missing
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_NAMES_H
#define CHECK_NAMES_H

#include "finding.h"
#include "project.h"
#include "register.h"

extern void check_names(const Project *project, const Register *reg,
						FindingList *findings);

#endif							/* CHECK_NAMES_H */
