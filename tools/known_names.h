/*-------------------------------------------------------------------------
 *
 * known_names.h
 *		What is meant by a name
 *
 *-------------------------------------------------------------------------
 */
#ifndef KNOWN_NAMES_H
#define KNOWN_NAMES_H

#include "project.h"
#include "register.h"

extern const char *known_names_other_suggestion(const Project *project,
												const Register *reg,
												const char *name,
												const char *except);
extern const char *known_names_suggestion(const Project *project,
										  const Register *reg,
										  const char *name);
extern const ProjectFile *known_names_file(const ProjectFile *files, int count,
										   const char *path);

#endif							/* KNOWN_NAMES_H */
