/*-------------------------------------------------------------------------
 *
 * jobs/settings.c
 *		How a job is to behave: the settings versioning.job_*.
 *
 * They are settings of the session that runs jobs, so ALTER SYSTEM, ALTER
 * DATABASE and ALTER ROLE set them, too; each job may have its own values.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "catalog/pg_type.h"
#include "jobs/settings.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"

/* Those of the session */
static JobSettings session;
static int	on_error;

static const struct config_enum_entry on_error_options[] = {
	{"stop", false, false},
	{"continue", true, false},
	{NULL, 0, false}
};

/* Defines a setting that is a whole number. */
static void
define_int(const char *name, const char *description, int *value,
		   int initial, int least, int flags)
{
	DefineCustomIntVariable(name, description, NULL, value, initial, least,
							INT_MAX, PGC_USERSET, flags, NULL, NULL, NULL);
}

/* Defines the limits over which a job is held back. */
static void
define_limits(void)
{
	define_int("versioning.job_max_replay_lag",
			   "The replay lag of a standby over which a job is held back; "
			   "0 for no limit.",
			   &session.max_replay_lag, 10000, 0, GUC_UNIT_MS);
	define_int("versioning.job_max_archive_backlog",
			   "How many WAL files may wait to be archived before a job is "
			   "held back; 0 for no limit.",
			   &session.max_archive_backlog, 100, 0, 0);
	define_int("versioning.job_max_snapshot_age",
			   "The age of the oldest snapshot over which a job is held "
			   "back; 0 for no limit.",
			   &session.max_snapshot_age, 30 * 60 * 1000, 0, GUC_UNIT_MS);
}

void
jobs_settings_define(void)
{
	define_int("versioning.job_batch_time",
			   "How long a batch of a job is to take.",
			   &session.batch_time, 200, 1, GUC_UNIT_MS);
	define_int("versioning.job_lock_timeout",
			   "How long a batch of a job waits for a lock; 0 for ever.",
			   &session.lock_timeout, 1000, 0, GUC_UNIT_MS);
	define_int("versioning.job_tries",
			   "How often a row is tried before a job gives it up.",
			   &session.tries, 3, 1, 0);
	DefineCustomRealVariable("versioning.job_pause",
							 "The pause after a batch of a job, as a multiple "
							 "of the time that the batch has taken.", NULL,
							 &session.pause, 20.0, 0.0, 1000.0, PGC_USERSET,
							 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("versioning.job_on_error",
							 "Whether a job stops when it has given up rows, "
							 "or goes on without them.", NULL,
							 &on_error, false, on_error_options, PGC_USERSET,
							 0, NULL, NULL, NULL);
	define_limits();
}

/* Sets one, from "name=value", until the nest level of GUCs ends. */
static void
set_own(char *setting)
{
	char	   *value = strchr(setting, '=');

	if (value == NULL)
		return;
	*value++ = '\0';
	(void) set_config_option(psprintf("versioning.job_%s", setting), value,
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
}

JobSettings
jobs_settings_of(const char *own)
{
	int			level = NewGUCNestLevel();
	Datum		array = OidInputFunctionCall(F_ARRAY_IN, pstrdup(own),
											 TEXTOID, -1);
	JobSettings settings;
	Datum	   *values;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &values, NULL, &count);
	for (int i = 0; i < count; i++)
		set_own(TextDatumGetCString(values[i]));
	settings = session;
	settings.goes_on = on_error;
	AtEOXact_GUC(false, level);
	return settings;
}
