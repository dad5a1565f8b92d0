/*-------------------------------------------------------------------------
 *
 * plan/jobs.h
 *		Which patch a job belongs to
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_JOBS_H
#define PLAN_JOBS_H

#include "project/project.h"

/* The patch file that registers a job, or NULL. */
extern const ProjectFile *plan_jobs_find_file(const Project *project,
											  const char *name);

/* Does a patch of a file require, directly or not, one of that other file? */
extern bool plan_jobs_requires(const Project *project,
							   const ProjectFile *file,
							   const ProjectFile *other);

#endif							/* PLAN_JOBS_H */
