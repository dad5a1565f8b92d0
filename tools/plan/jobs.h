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

/*
 * Does what this call registers require, directly or not, a patch of another
 * file?  Of its own file it does not count.
 */
extern bool plan_jobs_is_required(const Project *project,
								  const PatchCall *call,
								  const ProjectFile *file);

#endif							/* PLAN_JOBS_H */
