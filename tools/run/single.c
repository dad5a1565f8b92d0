/*-------------------------------------------------------------------------
 *
 * run/single.c
 *		Running several files in a single transaction
 *
 * Each file is to find the session as if it were alone, so all that DISCARD
 * ALL does is done between two files, but in commands that can be run inside a
 * transaction block.  Constraints that can be deferred are checked at the end
 * of each file, so that it is known whose fault it is.  That each is then what
 * it is by itself cannot be restored: all are made deferred, and those that
 * are immediate by themselves are made that, again after a statement that may
 * add some.
 *
 * All or nothing: before COMMIT it is looked up that all patches are
 * registered.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "fe_utils/string_utils.h"
#include "run/single.h"
#include "run/verify.h"
#include "script/query.h"
#include "script/single.h"

/*
 * What ALTER ROLE and ALTER DATABASE have sessions like ours begin with: RESET
 * ALL does not see what has changed of that.
 */
static const char settings_query[] =
"SELECT pg_catalog.array_agg(pg_catalog.concat_ws(' ', s.setdatabase,"
" s.setrole, s.setconfig) ORDER BY s.setdatabase, s.setrole)"
" FROM pg_catalog.pg_db_role_setting s"
" WHERE (s.setdatabase OPERATOR(pg_catalog.=) 0::pg_catalog.oid"
"   OR EXISTS (SELECT FROM pg_catalog.pg_database d"
"     WHERE d.oid OPERATOR(pg_catalog.=) s.setdatabase"
"     AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))"
" AND (s.setrole OPERATOR(pg_catalog.=) 0::pg_catalog.oid"
"   OR EXISTS (SELECT FROM pg_catalog.pg_roles r"
"     WHERE r.oid OPERATOR(pg_catalog.=) s.setrole"
"     AND r.rolname OPERATOR(pg_catalog.=) SESSION_USER))";

/* Are these settings what they were at first, if another file is to come? */
static bool
check_settings(SqlSession *session, const PGresult *result)
{
	const PatchPlan *members = session->members;
	const char *settings = PQgetvalue(result, 0, 0);

	if (session->settings == NULL)
		session->settings = pg_strdup(settings);
	if (session->member == &members->steps[members->count - 1] ||
		strcmp(settings, session->settings) == 0)
		return true;
	run_pipeline_complain(session, 0, "this prevents a single transaction: "
						  "sessions begin with other settings now (ALTER ROLE "
						  "or ALTER DATABASE), which the later files would "
						  "not have");
	return false;
}

/* Add the query about them. */
static void
add_settings_check(SqlSession *session)
{
	run_pipeline_add_text(session, settings_query, FILE_RUN_AFTER, 0);
	run_pipeline_check(session, check_settings);
}

/*
 * What makes constraints immediate that are so by themselves.  SET CONSTRAINTS
 * knows no tables: a name that one of the others has, too, is left out.
 */
static const char constraints_query[] =
"SELECT 'SET CONSTRAINTS ' OPERATOR(pg_catalog.||) pg_catalog.string_agg("
" pg_catalog.format('%I.%I', s.nspname, c.conname), ', ')"
" OPERATOR(pg_catalog.||) ' IMMEDIATE'"
" FROM (SELECT connamespace, conname FROM pg_catalog.pg_constraint"
"   WHERE condeferrable GROUP BY connamespace, conname"
"   HAVING NOT pg_catalog.bool_or(condeferred)) AS c"
" JOIN pg_catalog.pg_namespace AS s"
"   ON s.oid OPERATOR(pg_catalog.=) c.connamespace"
" WHERE s.nspname OPERATOR(pg_catalog.!~) '^pg_'"
"   AND pg_catalog.has_schema_privilege(s.oid, 'USAGE')";

/* Keep that. */
static bool
keep_constraints(SqlSession *session, const PGresult *result)
{
	pg_free(session->constraints);
	session->constraints = PQgetisnull(result, 0, 0) ? NULL :
		pg_strdup(PQgetvalue(result, 0, 0));
	return true;
}

/* Add that query. */
static void
add_constraints_query(SqlSession *session)
{
	run_pipeline_add_text(session, constraints_query, FILE_RUN_AFTER, 0);
	run_pipeline_check(session, keep_constraints);
}

/* Add what it has found. */
static void
add_constraints(SqlSession *session)
{
	if (session->constraints != NULL)
		run_pipeline_add_text(session, session->constraints, FILE_RUN_BEFORE,
							  0);
}

/*
 * Make the session one that has run nothing yet, as far as that can be, and
 * mark it again as one that runs the file.
 */
static void
add_resets(SqlSession *session)
{
	static const char *const resets[] = {
		"SET CONSTRAINTS ALL DEFERRED",
		"CLOSE ALL",
		"SET SESSION AUTHORIZATION DEFAULT",
		"RESET ROLE",
		"RESET ALL",
		"DEALLOCATE ALL",
		"UNLISTEN *",
		"SELECT pg_catalog.pg_advisory_unlock_all()",
		"DISCARD PLANS",
		"DISCARD TEMP",
		"DISCARD SEQUENCES"
	};
	size_t		i;

	for (i = 0; i < lengthof(resets); i++)
		run_pipeline_add_text(session, resets[i], FILE_RUN_AFTER, 0);
	add_constraints_query(session);
	run_pipeline_add_text(session, session->marks.data, FILE_RUN_AFTER, 0);
}

/* Does a file set savepoints, or use some? */
static bool
has_savepoints(const PlanStep *member)
{
	int			i;

	for (i = 0; i < member->outline->query_count; i++)
		if (member->outline->queries[i].kind == STATEMENT_SAVEPOINT)
			return true;
	return false;
}

/* Does a part of a file say that, in whatever way? */
static bool
mentions(const PlanStep *member, size_t start, size_t length,
		 const char *words)
{
	return script_query_mention(member->file->bytes.text + start, length,
								words) > 0;
}

/*
 * May a query have added constraints that are deferred now, and should not be?
 * The first file finds all as they are; what says itself how they are to be
 * is left alone.
 */
static bool
may_add_constraints(const SqlSession *session, const PlanStep *member,
					const OutlineQuery *query)
{
	return member != &session->members->steps[0] &&
		mentions(member, query->start, query->length, "deferrable") &&
		!mentions(member, 0, member->file->bytes.length, "set constraints");
}

/*
 * Run the queries of a file, but for those around its transaction; the last
 * ones are only added.  Its savepoints end with it: another file is not to go
 * back to them.  Returns false if something has failed.
 */
static bool
run_queries(SqlSession *session, const PlanStep *member)
{
	const ScriptOutline *outline = member->outline;
	bool		encloses = has_savepoints(member);
	int			i;

	if (encloses)
		run_pipeline_add_text(session, "SAVEPOINT versioning_file",
							  FILE_RUN_BEFORE, 0);
	for (i = 0; i < outline->query_count; i++)
	{
		if (script_single_is_frame(&outline->queries[i]))
			continue;
		run_session_add_query(session, member, i);
		if (!may_add_constraints(session, member, &outline->queries[i]))
			continue;
		add_constraints_query(session);
		if (!run_pipeline_run(session))
			return false;
		add_constraints(session);
	}
	if (encloses)
		run_pipeline_add_text(session, "RELEASE SAVEPOINT versioning_file",
							  FILE_RUN_AFTER, 0);
	run_pipeline_add_text(session, "SET CONSTRAINTS ALL IMMEDIATE",
						  FILE_RUN_CONSTRAINTS, 0);
	return true;
}

/* Add what comes before the first file. */
static void
add_begin(SqlSession *session)
{
	run_pipeline_add_text(session, "BEGIN", FILE_RUN_BEGIN, 0);
	add_settings_check(session);
}

/* Run a file.  Returns false if something has failed. */
static bool
run_member(SqlSession *session, const PlanStep *member, bool is_first)
{
	session->member = member;
	run_file_copy_path(session->path, member);
	if (is_first)
		add_begin(session);
	else
	{
		session->put_aside[0] = session->put_back[0] = '\0';
		resetPQExpBuffer(&session->marks);
		run_file_append_marks(&session->marks, session->runner, member,
							  session->lock_timeout);
		run_pipeline_add_text(session, session->marks.data, FILE_RUN_BEFORE,
							  0);
		add_constraints(session);
	}
	if (!run_queries(session, member) || !run_verify_inside(session, member))
		return false;
	add_resets(session);
	add_settings_check(session);
	return run_pipeline_run(session);
}

/* The file that is to register a patch. */
static const PlanStep *
find_member(const PatchPlan *members, const char *name)
{
	int			i;
	int			j;

	for (i = 0; i < members->count; i++)
		for (j = 0; j < members->steps[i].name_count; j++)
			if (strcmp(members->steps[i].names[j], name) == 0)
				return &members->steps[i];
	return NULL;
}

/* Complain of the first patch that is missing, which is its file's fault. */
static bool
check_missing(SqlSession *session, const PGresult *result)
{
	const char *name;

	if (PQntuples(result) == 0)
		return true;
	name = PQgetvalue(result, 0, 0);
	session->member = find_member(session->members, name);
	run_file_copy_path(session->path, session->member);
	run_pipeline_complain(session, 0, "patch \"%s\" is not registered: the "
						  "call of register_patch was not reached or was "
						  "rolled back, or a later file has taken the patch "
						  "back", name);
	return false;
}

/* Is all registered? */
static bool
is_all_registered(SqlSession *session, const PlanStep *step)
{
	PQExpBuffer query = createPQExpBuffer();
	char	   *names = watch_observer_array(step);
	bool		result;

	appendPQExpBufferStr(query, "SELECT name FROM pg_catalog.unnest(");
	appendStringLiteralConn(query, names, session->conn);
	appendPQExpBufferStr(query, "::pg_catalog.text[]) AS name "
						 "WHERE NOT EXISTS (SELECT FROM _v.patches "
						 "WHERE patch_name OPERATOR(pg_catalog.=) name)");
	run_pipeline_add_text(session, query->data, FILE_RUN_REGISTER, 0);
	run_pipeline_check(session, check_missing);
	result = run_pipeline_run(session);
	pg_free(names);
	destroyPQExpBuffer(query);
	return result;
}

/* Run all files, and commit.  Returns false if something has failed. */
static bool
run_members(SqlSession *session, const PlanStep *step)
{
	PatchPlan  *members = step->members;
	bool		result = true;
	int			i;

	for (i = 0; result && i < members->count; i++)
	{
		plan_open_step(&members->steps[i]);
		result = run_member(session, &members->steps[i], i == 0);
		plan_close_step(&members->steps[i]);
	}
	if (!result || !is_all_registered(session, step))
		return false;
	run_pipeline_add_text(session, "COMMIT", FILE_RUN_COMMIT, 0);
	return run_pipeline_run(session);
}

void
run_single_run(SqlSession *session, const PlanStep *step, FileRun *run)
{
	session->members = step->members;
	session->member = &step->members->steps[0];
	run_session_run_work(session, step, run_members, run);
	run->at = session->member;
}
