/*-------------------------------------------------------------------------
 *
 * check/jobs.c
 *		What is wrong with the jobs of patches
 *
 * A patch that registers a job begins a change that another patch finishes,
 * or its rollback takes back.  What finishes it drops what the first patch has
 * made to keep old and new in step, and must not do so as long as the job is
 * not done.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "sql/constant.h"

/* Which of these names are those of tables without a key for a job? */
#define TABLES_WITHOUT_KEY \
	"SELECT t.name FROM pg_catalog.unnest(ARRAY[%s]::pg_catalog.text[])" \
	" AS t (name)" \
	" WHERE pg_catalog.to_regclass(t.name) IS NOT NULL AND NOT EXISTS" \
	" (SELECT FROM pg_catalog.pg_index i" \
	"  WHERE i.indrelid = pg_catalog.to_regclass(t.name)" \
	"  AND i.indisunique AND i.indimmediate AND i.indisvalid" \
	"  AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS" \
	"  (SELECT FROM pg_catalog.pg_attribute a" \
	"   WHERE a.attrelid = i.indrelid AND NOT a.attnotnull" \
	"   AND a.attnum = ANY (i.indkey)))"

/* Pass this key word, if it is the current token. */
static bool
accept(PsqlScript *script, const char *word)
{
	if (!sql_constant_is_keyword(&script->token, word))
		return false;
	psql_script_next(script);
	return true;
}

/* Read a part of a name, which the caller frees; or NULL. */
static char *
read_name(PsqlScript *script)
{
	char	   *name = script->token.kind == SQL_IDENTIFIER ?
		sql_constant_decode(&script->token) : NULL;

	psql_script_next(script);
	return name;
}

/* If a trigger or function is named next, append what it is. */
static void
collect_object(PsqlScript *script, SimpleStringList *objects)
{
	const char *kind;
	char	   *name;
	char	   *object;

	if (accept(script, "or"))
		(void) accept(script, "replace");
	(void) accept(script, "constraint");
	kind = accept(script, "trigger") ? "trigger" :
		accept(script, "function") ? "function" : NULL;
	if (kind == NULL)
		return;
	if (accept(script, "if"))
		(void) accept(script, "exists");

	name = read_name(script);
	while (sql_constant_is_symbol(&script->token, "."))
	{
		pg_free(name);
		psql_script_next(script);
		name = read_name(script);
	}
	object = psprintf("%s \"%s\"", kind, name == NULL ? "" : name);
	simple_string_list_append(objects, object);
	pg_free(object);
	pg_free(name);
}

/*
 * Which triggers and functions does a file CREATE, or DROP?  Bodies of
 * functions are strings.
 */
static void
collect_objects(const ProjectFile *file, const char *verb,
				SimpleStringList *objects)
{
	FileBytes	bytes;
	PsqlScript	script;

	if (!file_bytes_open(&bytes, file->path))
		return;
	psql_script_init(&script, bytes.text, bytes.length, 1, true);
	do
	{
		bool		is_verb = sql_constant_is_keyword(&script.token, verb);

		psql_script_next(&script);
		if (is_verb)
			collect_object(&script, objects);
	} while (script.token.kind != SQL_END);
	psql_script_free(&script);
	file_bytes_free(&bytes);
}

/* Does a file wait for a job? */
static bool
awaits(const ProjectFile *file, const char *name)
{
	int			i;

	for (i = 0; i < file->file->job_count; i++)
		if (file->file->jobs[i].action == JOB_AWAIT &&
			strcmp(file->file->jobs[i].name, name) == 0)
			return true;
	return false;
}

/*
 * A patch requires one that registers a job, and does not wait for it: does it
 * drop what belongs to the change?
 */
static void
check_finish(const ProjectFile *file, const PatchCall *call,
			 const ProjectFile *start, const PatchJob *job,
			 ProblemList *found)
{
	SimpleStringList created = {NULL, NULL};
	SimpleStringList dropped = {NULL, NULL};
	const SimpleStringListCell *cell;

	collect_objects(start, "create", &created);
	collect_objects(file, "drop", &dropped);
	for (cell = dropped.head; cell != NULL; cell = cell->next)
		if (simple_string_list_member(&created, cell->val))
		{
			problem_found(found, PROBLEM_JOB_NOT_AWAITED, file->path,
						  call->line, "patch \"%s\" drops the %s of %s, "
						  "whether the job of that is done or not: write "
						  "SELECT _v.assert_job_is_done('%s') after the "
						  "registration", call->name, cell->val, start->path,
						  job->name);
			break;
		}
	simple_string_list_destroy(&created);
	simple_string_list_destroy(&dropped);
}

/* Check whether a patch waits for the jobs of what it requires. */
static void
check_requirements(const Project *project, const ProjectFile *file,
				   const PatchCall *call, ProblemList *found)
{
	const SimpleStringListCell *cell;
	int			i;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
	{
		const ProjectName *name = project_find_patch(project, cell->val);
		const ProjectFile *start = name == NULL ? NULL :
			&project->patches[name->patch_file];

		for (i = 0; start != NULL && start != file &&
			 i < start->file->job_count; i++)
		{
			const PatchJob *job = &start->file->jobs[i];

			if (job->action == JOB_REGISTER && !awaits(file, job->name))
				check_finish(file, call, start, job, found);
		}
	}
}

/* Check whether a patch with a job can be taken back. */
static void
check_rollback(const Project *project, const ProjectFile *file,
			   const PatchCall *call, ProblemList *found)
{
	const ProjectName *name = project_find_patch(project, call->name);
	int			i;

	for (i = 0; i < file->file->job_count && name->rollback == NULL; i++)
		if (file->file->jobs[i].action == JOB_REGISTER)
			problem_found(found, PROBLEM_JOB_WITHOUT_ROLLBACK, file->path,
						  file->file->jobs[i].line, "patch \"%s\" has the "
						  "job \"%s\", and no rollback that takes it back "
						  "before it is finished", call->name,
						  file->file->jobs[i].name);
}

void
check_jobs(const Project *project, ProblemList *found)
{
	int			i;
	int			j;

	for (i = 0; i < project->patch_count; i++)
	{
		const ProjectFile *file = &project->patches[i];

		for (j = 0; j < file->file->count; j++)
		{
			if (file->file->calls[j].action == PATCH_UNREGISTER)
				continue;
			check_rollback(project, file, &file->file->calls[j], found);
			check_requirements(project, file, &file->file->calls[j], found);
		}
	}
}

/* Those of the tables of jobs of a file that have no key; NULL: an error. */
static PGresult *
find_tables_without_key(PGconn *conn, const ProjectFile *file)
{
	PQExpBufferData names;
	char	   *query;
	PGresult   *result;
	int			i;

	initPQExpBuffer(&names);
	for (i = 0; i < file->file->job_count; i++)
		if (file->file->jobs[i].table != NULL)
		{
			if (names.len > 0)
				appendPQExpBufferChar(&names, ',');
			appendStringLiteralConn(&names, file->file->jobs[i].table, conn);
		}
	query = psprintf(TABLES_WITHOUT_KEY, names.data);
	result = connection_query(conn, query);
	pg_free(query);
	termPQExpBuffer(&names);
	return result;
}

/* Check the tables of a file that is not applied yet. */
static void
check_tables(PGconn *conn, const ProjectFile *file, ProblemList *found)
{
	PGresult   *result = find_tables_without_key(conn, file);
	int			i;
	int			j;

	for (i = 0; i < PQntuples(result); i++)
		for (j = 0; j < file->file->job_count; j++)
		{
			const PatchJob *job = &file->file->jobs[j];

			if (job->table != NULL &&
				strcmp(job->table, PQgetvalue(result, i, 0)) == 0)
				problem_found(found, PROBLEM_JOB_WITHOUT_KEY, file->path,
							  job->line, "the table %s of the job \"%s\" has "
							  "neither a primary key nor another unique index "
							  "over columns that are NOT NULL", job->table,
							  job->name);
		}
	PQclear(result);
}

void
check_jobs_tables(const Project *project, const Register *reg, PGconn *conn,
				  ProblemList *found)
{
	PGconn	   *session = NULL;
	int			i;

	for (i = 0; i < project->patch_count; i++)
	{
		const ProjectFile *file = &project->patches[i];

		if (file->file->job_count == 0 ||
			!plan_judge_is_pending(reg, &file->file->calls[0]))
			continue;
		if (session == NULL)
			session = connection_open_for_patches(conn, "versioning check");
		if (PQstatus(session) == CONNECTION_OK)
			check_tables(session, file, found);
	}
	connection_close(session);
}
