/*-------------------------------------------------------------------------
 *
 * jobs/settings.h
 *		How a job is to behave: the settings versioning.job_*.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_SETTINGS_H
#define JOBS_SETTINGS_H

#include "utils/array.h"

typedef struct JobSettings
{
	int			batch_time;		/* ms that a batch is to take */
	int			lock_timeout;	/* ms */
	double		pause;			/* after a batch, as a multiple of its time */
	int			tries;			/* of a row, before it is given up */
	bool		goes_on;		/* without what was given up */
	int			max_replay_lag; /* ms; these three: 0 for no limit */
	int			max_archive_backlog;	/* files */
	int			max_snapshot_age;	/* ms */
} JobSettings;

/* For _PG_init(), once, before the prefix of our settings is reserved. */
extern void jobs_settings_define(void);

/*
 * The settings of the session, but for those that the job has for itself:
 * "name=value" without the prefix, the text of an array.  Raises what SET
 * raises for a name or a value.
 */
extern JobSettings jobs_settings_of(const char *own);

#endif							/* JOBS_SETTINGS_H */
