/*-------------------------------------------------------------------------
 *
 * run/single.c
 *		Running several files in a single transaction
 *
 * Each file is to find the session as if it were alone, so all that DISCARD
 * ALL does is done between two files, but in commands that can be run inside a
 * transaction block.  Constraints that can be deferred are checked at the end
 * of each file, so that it is known whose fault it is; which are deferred by
 * themselves cannot be restored then, so the others are, too, from the second
 * file on.
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
#include "script/single.h"

/* Make the session one that has run nothing yet, as far as that can be. */
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
		run_pipeline_add_text(session, resets[i], FILE_RUN_BEFORE, 0);
}

/* Add the queries of a file, but for those around its transaction. */
static void
add_queries(SqlSession *session, const PlanStep *member)
{
	int			i;

	for (i = 0; i < member->outline->query_count; i++)
		if (!script_single_is_frame(&member->outline->queries[i]))
			run_session_add_query(session, member, i);
}

/* Run a file.  Returns false if something has failed. */
static bool
run_member(SqlSession *session, const PlanStep *member, bool is_first)
{
	PQExpBuffer marks = createPQExpBuffer();
	bool		result;

	session->member = member;
	run_file_copy_path(session->path, member);
	if (is_first)
		run_pipeline_add_text(session, "BEGIN", FILE_RUN_BEGIN, 0);
	else
	{
		session->put_aside[0] = session->put_back[0] = '\0';
		add_resets(session);
		run_file_append_marks(marks, session->runner, member,
							  session->lock_timeout);
		run_pipeline_add_text(session, marks->data, FILE_RUN_BEFORE, 0);
	}
	add_queries(session, member);
	run_pipeline_add_text(session, "SET CONSTRAINTS ALL IMMEDIATE",
						  FILE_RUN_CONSTRAINTS, 0);
	result = run_pipeline_run(session) && run_verify_inside(session, member);
	destroyPQExpBuffer(marks);
	return result;
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

/* Is all registered?  The session has nothing more of the files then. */
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
	add_resets(session);
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
