/*-------------------------------------------------------------------------
 *
 * jobs/store.c
 *		The tables of the jobs: queries on them, whoever is the caller.
 *
 * Nobody has a privilege to write to these tables.  The queries run as the
 * bootstrap superuser, who owns them, and under a search_path of theirs; the
 * values in them are text, so that no type of anybody's is read or compared
 * here.  The functions that run jobs become the role of the job for all that
 * is not ours: see role.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "jobs/key.h"
#include "jobs/store.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

/* More than any query of ours has */
#define MAX_PARAMETERS 24

/* Runs the query with a snapshot of this moment. */
static int
execute(const char *query, Datum *values, const char *nulls, int count)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Oid			types[MAX_PARAMETERS];
	SPIPlanPtr	plan;
	int			result;

	for (int i = 0; i < count; i++)
		types[i] = TEXTOID;
	plan = SPI_prepare(query, count, types);
	if (plan == NULL)
		elog(ERROR, "cannot prepare \"%s\": %s", query,
			 SPI_result_code_string(SPI_result));
	result = SPI_execute_snapshot(plan, values, nulls, snapshot,
								  InvalidSnapshot, false, true, 0);
	SPI_freeplan(plan);
	UnregisterSnapshot(snapshot);
	return result;
}

uint64
jobs_store_execute(const char *query, const char *const *parameters,
				   int count)
{
	Datum		values[MAX_PARAMETERS];
	char		nulls[MAX_PARAMETERS];
	int			level = NewGUCNestLevel();
	Oid			user;
	int			context;

	Assert(count <= MAX_PARAMETERS);
	for (int i = 0; i < count; i++)
	{
		nulls[i] = parameters[i] == NULL ? 'n' : ' ';
		values[i] = parameters[i] == NULL ? (Datum) 0 :
			CStringGetTextDatum(parameters[i]);
	}
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	jobs_key_settings();
	if (execute(query, values, nulls, count) < 0)
		elog(ERROR, "cannot execute \"%s\": %s", query,
			 SPI_result_code_string(SPI_result));
	AtEOXact_GUC(false, level);
	SetUserIdAndSecContext(user, context);
	return SPI_processed;
}

char *
jobs_store_value(uint64 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
						column + 1);
}

int64
jobs_store_int(uint64 row, int column)
{
	char	   *value = jobs_store_value(row, column);

	return value == NULL ? 0 : strtoll(value, NULL, 10);
}

bool
jobs_store_bool(uint64 row, int column)
{
	char	   *value = jobs_store_value(row, column);

	return value != NULL && *value == 't';
}

void
jobs_store_free(void)
{
	SPI_freetuptable(SPI_tuptable);
	SPI_tuptable = NULL;
}
