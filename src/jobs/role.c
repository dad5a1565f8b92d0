/*-------------------------------------------------------------------------
 *
 * jobs/role.c
 *		The role of a job, as which all is done that is not ours.
 *
 * Whoever runs a job runs code of others: the statement, and the triggers and
 * functions of the table.  It runs as the role that has registered the job,
 * and cannot become the caller again: SET ROLE, temporary objects and triggers
 * that wait for the commit are out of its reach.  And the caller, who may be
 * nobody to that role, has no say in what the statement means: search_path and
 * what else there is for that are those under which it was registered.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "jobs/key.h"
#include "jobs/role.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"

/* Sets it until the nest level of GUCs ends. */
static void
set(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/* The same for what only a superuser may set. */
static void
set_as_superuser(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

JobRole
jobs_role_begin(const Job *job, const JobSettings *settings)
{
	JobRole		before;

	if (!OidIsValid(job->role))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("role \"%s\" of job \"%s\" does not exist",
						job->role_name, job->name),
				 errdetail("It was dropped or renamed after it had "
						   "registered the job."),
				 errhint("Cancel the job, and register it again.")));
	GetUserIdAndSecContext(&before.user, &before.context);
	before.level = NewGUCNestLevel();
	SetUserIdAndSecContext(job->role,
						   before.context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	jobs_key_settings();
	set("lock_timeout", psprintf("%d", settings->lock_timeout));

	/* An error is better than rows of the table that are left out. */
	set("row_security", "off");

	/* The rows to find lie together, and were just read. */
	set("random_page_cost", "0.1");
	return before;
}

char *
jobs_role_settings(void)
{
	static const char *const names[] = {
		"DateStyle", "IntervalStyle", "TimeZone", "bytea_output",
		"default_text_search_config", "lc_monetary", "lc_numeric", "lc_time",
		"xmloption"
	};
	Datum		settings[lengthof(names)];
	ArrayType  *array;

	for (size_t i = 0; i < lengthof(names); i++)
		settings[i] = CStringGetTextDatum(
			psprintf("%s=%s", names[i],
					 GetConfigOption(names[i], false, false)));
	array = construct_array(settings, lengthof(names), TEXTOID, -1, false,
							TYPALIGN_INT);
	return OidOutputFunctionCall(F_ARRAY_OUT, PointerGetDatum(array));
}

/* Sets what the session was set to that has registered the job. */
static void
set_as_registered(const Job *job)
{
	Datum		array = OidInputFunctionCall(F_ARRAY_IN,
											 pstrdup(job->registered_settings),
											 TEXTOID, -1);
	Datum	   *settings;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &settings, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *name = TextDatumGetCString(settings[i]);
		char	   *value = strchr(name, '=');

		if (value == NULL)
			continue;
		*value++ = '\0';
		set(name, value);
	}
}

JobRole
jobs_role_begin_statement(const Job *job, const JobSettings *settings)
{
	JobRole		before = jobs_role_begin(job, settings);

	set("search_path", psprintf("%s%spg_temp", job->search_path,
								*job->search_path == '\0' ? "" : ", "));
	set_as_registered(job);
	set("row_security", "on");
	set("extra_float_digits", "1");
	set("transform_null_equals", "off");
	set("array_nulls", "on");
	set("backslash_quote", "safe_encoding");
	set("gin_fuzzy_search_limit", "0");
	set_as_superuser("session_replication_role", "origin");
	return before;
}

void
jobs_role_end(const JobRole *before)
{
	AtEOXact_GUC(false, before->level);
	SetUserIdAndSecContext(before->user, before->context);
}
