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

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "jobs/key.h"
#include "jobs/store.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* More than any query of ours has */
#define MAX_PARAMETERS 24

/* Is this relation of _v what CREATE EXTENSION has made? */
static bool
is_ours(const char *name, char kind)
{
	Oid			relid = RangeVarGetRelid(makeRangeVar("_v", pstrdup(name), -1),
										 AccessShareLock, true);
	HeapTuple	row = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		result = false;

	if (HeapTupleIsValid(row))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(row);

		result = form->relkind == kind &&
			form->relowner == BOOTSTRAP_SUPERUSERID;
		ReleaseSysCache(row);
	}
	return result;
}

/*
 * Raises 55000 unless what the queries are about is ours.  A runner outlives
 * the extension, if that is dropped meanwhile, and so somebody else may have
 * put other tables, or views, in their place.  The locks keep it so until the
 * transaction ends.
 */
static void
check_ours(void)
{
	if (is_ours("job_list", RELKIND_RELATION) &&
		is_ours("job_pieces", RELKIND_RELATION) &&
		is_ours("job_moved", RELKIND_RELATION) &&
		is_ours("jobs", RELKIND_VIEW))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the tables of the jobs are not there as CREATE "
					"EXTENSION made them")));
}

/* A query that was prepared, for as long as the session lives */
typedef struct Prepared
{
	const char *query;			/* the key: the address of a constant */
	SPIPlanPtr	plan;
} Prepared;

/* Prepares the query. */
static SPIPlanPtr
prepare(const char *query, int count)
{
	Oid			types[MAX_PARAMETERS];
	SPIPlanPtr	plan;

	for (int i = 0; i < count; i++)
		types[i] = TEXTOID;
	plan = SPI_prepare(query, count, types);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "cannot prepare \"%s\": %s", query,
			 SPI_result_code_string(SPI_result));
	return plan;
}

/* The plan of the query, which was prepared here, or is now. */
static SPIPlanPtr
find_plan(const char *query, int count)
{
	static HTAB *plans = NULL;
	Prepared   *prepared;
	SPIPlanPtr	plan;

	if (plans == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(char *);
		control.entrysize = sizeof(Prepared);
		plans = hash_create("queries of jobs", 64, &control,
							HASH_ELEM | HASH_BLOBS);
	}
	prepared = hash_search(plans, &query, HASH_FIND, NULL);
	if (prepared != NULL)
		return prepared->plan;
	plan = prepare(query, count);
	prepared = hash_search(plans, &query, HASH_ENTER, NULL);
	prepared->plan = plan;
	return plan;
}

/* Runs the query with a snapshot of this moment. */
static int
execute(const char *query, Datum *values, const char *nulls, int count)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	SPIPlanPtr	plan = find_plan(query, count);
	int			result = SPI_execute_snapshot(plan, values, nulls, snapshot,
											  InvalidSnapshot, false, true, 0);

	UnregisterSnapshot(snapshot);
	return result;
}

/*
 * Plans are made when the tables are all but empty, and kept when they are
 * not.  An index is never far worse, and where there is none, the cost is no
 * reason to compile anything.
 */
static void
plan_for_many_rows(void)
{
	static const char *const names[] = {"enable_seqscan", "jit"};

	for (size_t i = 0; i < lengthof(names); i++)
		(void) set_config_option(names[i], "off", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
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
	plan_for_many_rows();
	check_ours();
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
