/*-------------------------------------------------------------------------
 *
 * plan/names.h
 *		What is meant by a name
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include "database/register.h"
#include "project/project.h"

extern const char *plan_names_other_suggestion(const Project *project,
											   const Register *reg,
											   const char *name,
											   const char *except);
extern const char *plan_names_suggestion(const Project *project,
										 const Register *reg,
										 const char *name);
extern const ProjectFile *plan_names_file(const ProjectFile *files, int count,
										  const char *path);

#endif							/* PLAN_NAMES_H */
