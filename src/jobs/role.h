/*-------------------------------------------------------------------------
 *
 * jobs/role.h
 *		The role of a job, as which all is done that is not ours.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_ROLE_H
#define JOBS_ROLE_H

#include "jobs/job.h"
#include "jobs/settings.h"

/* Who we were, and the nest level of GUCs that we have begun. */
typedef struct JobRole
{
	Oid			user;
	int			context;
	int			level;
} JobRole;

/*
 * Becomes the role of the job, under the restrictions that an index build has
 * and the settings that keys need; raises 42704 if it is not there any more.
 * Whoever has called us is that again with jobs_role_end(), or when the
 * (sub)transaction is rolled back.
 */
extern JobRole jobs_role_begin(const Job *job, const JobSettings *settings);

/*
 * The settings of this session by which values are read and written: those
 * that a statement may depend on, as an array of text, name=value.
 */
extern char *jobs_role_settings(void);

/*
 * The same as jobs_role_begin(), under the settings that the job was
 * registered under.
 */
extern JobRole jobs_role_begin_statement(const Job *job,
										 const JobSettings *settings);

extern void jobs_role_end(const JobRole *before);

#endif							/* JOBS_ROLE_H */
