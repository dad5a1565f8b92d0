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
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

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
	if (!result)
		return false;
	run_pipeline_add_text(session, "COMMIT", FILE_RUN_COMMIT, 0);
	return run_pipeline_run(session);
}

void
run_single_run(SqlSession *session, const PlanStep *step, FileRun *run)
{
	session->member = &step->members->steps[0];
	run_session_run_work(session, step, run_members, run);
	run->at = session->member;
}
