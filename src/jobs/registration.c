/*-------------------------------------------------------------------------
 *
 * jobs/registration.c
 *		_v.register_job(): a patch leaves work to be done in the background.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "history/current.h"
#include "jobs/batch.h"
#include "jobs/store.h"
#include "jobs/trigger.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/rls.h"

PG_FUNCTION_INFO_V1(versioning_register_job);

/* The rows that a job has in its first batch */
#define FIRST_SIZE "100"

/* The patch that makes the job.  Raises 55000 outside one. */
static const char *
current_patch(void)
{
	const CurrentPatch *patch = history_current_get();

	if (patch == NULL || patch->is_rollback)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a job is registered by a patch"),
				 errhint("Call _v.register_job() after "
						 "_v.register_patch(), in the same transaction.")));
	return patch->name;
}

/* Raises 42809 unless there can be a job on the table. */
static void
check_table(Relation table)
{
	char		kind = table->rd_rel->relkind;
	Oid			relid = RelationGetRelid(table);
	const char *wrong = NULL;

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		wrong = "It is neither an ordinary table nor a partitioned one.";
	else if (table->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		wrong = "It is a temporary table.";
	else if (IsCatalogRelation(table) ||
			 RelationGetNamespace(table) == get_namespace_oid("_v", true))
		wrong = "It is a table of PostgreSQL or of this extension.";
	else if (kind == RELKIND_RELATION &&
			 find_inheritance_children(relid, NoLock) != NIL)
		wrong = "Other tables inherit from it: register a job for each.";
	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("there can be no job on \"%s\"",
						RelationGetRelationName(table)),
				 errdetail_internal("%s", wrong)));
}

/* Raises 42501 if policies hide rows of the table from the current role. */
static void
check_policies(Relation table)
{
	if (check_enable_rls(RelationGetRelid(table), InvalidOid, true) !=
		RLS_ENABLED)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("row-level security hides rows of \"%s\" from role \"%s\"",
					RelationGetRelationName(table),
					GetUserNameFromId(GetUserId(), false)),
			 errdetail("A job that leaves rows out is never done."),
			 errhint("Have the owner of the table register it, after ALTER "
					 "TABLE ... NO FORCE ROW LEVEL SECURITY, or a role with "
					 "BYPASSRLS.")));
}

/* Does the query read the rows of the batch? */
static bool
reads_batch(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *entry = (RangeTblEntry *) node;

		return entry->rtekind == RTE_NAMEDTUPLESTORE &&
			strcmp(entry->enrname, "batch") == 0;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, reads_batch, context,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, reads_batch, context);
}

/*
 * Analyses a text, which is to be one command that is no utility command, and
 * returns what it was rewritten to.  Raises 42601 if it is not.
 */
static List *
analyse(const char *text, const char *what)
{
	SPIPlanPtr	plan = SPI_prepare(text, 0, NULL);
	List	   *sources = plan == NULL ? NIL :
		SPI_plan_get_plan_sources(plan);
	CachedPlanSource *source;

	if (list_length(sources) == 1)
	{
		source = linitial(sources);
		if (source->query_list != NIL &&
			linitial_node(Query, source->query_list)->commandType !=
			CMD_UTILITY)
			return source->query_list;
	}
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("the %s of a job must be one command", what),
			 errdetail("It is one INSERT, UPDATE, DELETE, MERGE or SELECT.")));
	return NIL;					/* keep the compiler quiet */
}

/* Raises 42601 unless the statement is one that works on the batch. */
static void
check_statement(const JobKey *key, const char *statement)
{
	List	   *queries;
	ListCell   *lc;

	jobs_batch_register(key->row, NULL, NULL, 0);
	queries = analyse(statement, "statement");
	(void) SPI_unregister_relation("batch");
	foreach(lc, queries)
		if (reads_batch(lfirst(lc), NULL))
			return;
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("the statement of a job must read from \"batch\""),
			 errdetail("It is run for each batch of rows, and \"batch\" has "
					   "the keys of these: %s.",
					   jobs_key_columns(key, "batch.")),
			 errhint("For example: UPDATE %s AS t SET ... FROM batch "
					 "WHERE %s = %s;", key->table,
					 jobs_key_columns(key, "t."),
					 jobs_key_columns(key, "batch."))));
}

/* Raises 42601 unless it counts what is not right yet. */
static void
check_check(const char *check)
{
	List	   *queries = analyse(check, "check");
	Query	   *query = linitial(queries);
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, query->targetList)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			columns = lappend(columns, lfirst_node(TargetEntry, lc)->expr);
	if (query->commandType == CMD_SELECT && list_length(columns) == 1)
	{
		Oid			type = exprType(linitial(columns));

		if (type == INT8OID || type == INT4OID || type == INT2OID)
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("the check of a job must be a query that counts"),
			 errhint("For example: SELECT count(*) FROM ... "
					 "WHERE ... IS NULL;")));
}

/* The search_path, as the names of schemas that it stands for now. */
static char *
resolved_search_path(void)
{
	StringInfoData path;
	ListCell   *lc;

	initStringInfo(&path);
	foreach(lc, fetch_search_path(false))
		if (!isAnyTempNamespace(lfirst_oid(lc)))
			appendStringInfo(&path, "%s%s", path.len > 0 ? ", " : "",
							 quote_identifier(
								get_namespace_name(lfirst_oid(lc))));
	return path.data;
}

/* Adds the job to the list. */
static void
add_job(Relation table, const JobKey *key, const char *name,
		const char *patch_name, const char *statement, const char *check)
{
	const char *table_name = jobs_job_table_name(RelationGetRelid(table));

	(void) jobs_store("INSERT INTO _v.job_list (job_name, patch_name,"
					  "    table_name, statement, check_query, role_name,"
					  "    role_oid, system_identifier, search_path,"
					  "    registered_settings, key, settings, state,"
					  "    next_size, handed_out, pieces, rows_done,"
					  "    batches_done,"
					  "    run_ms, registered_at)"
					  " SELECT $1, $2, $3, $4, $5, $6, $7::oid,"
					  "        system_identifier, $8, $9::text[], $10, '{}',"
					  "        'waiting', " FIRST_SIZE ", false, 0, 0, 0, 0,"
					  "        clock_timestamp()"
					  "   FROM pg_control_system()",
					  name, patch_name, table_name, statement, check,
					  GetUserNameFromId(GetUserId(), false),
					  psprintf("%u", GetUserId()), resolved_search_path(),
					  jobs_role_settings(),
					  key->description);
}

/* Raises 42710 if there is a job of this name. */
static void
check_name(const char *name)
{
	const Job  *job = jobs_job_find(name);

	if (job != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("job \"%s\" already exists", name),
				 errdetail("Patch \"%s\" has registered it.",
						   job->patch_name)));
}

/* Raises 22004 if an argument that must not be NULL is. */
static void
check_arguments(FunctionCallInfo fcinfo)
{
	static const char *const names[] = {
		"in_job_name", "in_table", "in_statement"
	};

	for (size_t i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", names[i])));
}

/* _v.register_job(text, regclass, text, text) */
Datum
versioning_register_job(PG_FUNCTION_ARGS)
{
	char	   *name = jobs_job_argument(fcinfo, 0);
	const char *patch_name;
	char	   *statement;
	char	   *check;
	Relation	table;
	JobKey	   *key;

	check_arguments(fcinfo);
	statement = text_to_cstring(PG_GETARG_TEXT_PP(2));
	check = PG_ARGISNULL(3) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(3));
	jobs_job_check_privilege(NULL);
	patch_name = current_patch();
	SPI_connect();
	table = table_open(PG_GETARG_OID(1), ShareRowExclusiveLock);
	check_table(table);
	check_policies(table);
	check_name(name);
	key = jobs_key_find(table, NULL);
	check_statement(key, statement);
	if (check != NULL)
		check_check(check);
	add_job(table, key, name, patch_name, statement, check);
	table_close(table, NoLock);
	jobs_trigger_create(PG_GETARG_OID(1), key, name);
	SPI_finish();
	PG_RETURN_VOID();
}
