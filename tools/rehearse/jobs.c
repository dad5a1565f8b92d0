/*-------------------------------------------------------------------------
 *
 * rehearse/jobs.c
 *		The jobs of a patch, run in a scratch database
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "deploy/job.h"
#include "rehearse/jobs.h"

/* How often to try to get a first batch done */
#define TRIES 50

bool
rehearse_jobs_exist(const PlanStep *step, JobAction action)
{
	const PatchFile *file = step->file->file;
	int			i;

	for (i = 0; i < file->job_count; i++)
		if (file->jobs[i].action == action)
			return true;
	return false;
}

/* Has a batch of each job of a step been done that is not over? */
static bool
have_begun(PGconn *conn, const PlanStep *step)
{
	const PatchFile *file = step->file->file;
	bool		result = true;
	Jobs		jobs;
	int			i;

	if (!jobs_read(conn, &jobs))
		return true;
	for (i = 0; i < file->job_count; i++)
	{
		const Job  *job = jobs_find(&jobs, file->jobs[i].name);

		if (job != NULL && job->is_waiting && job->batches == 0)
			result = false;
	}
	jobs_free(&jobs);
	return result;
}

bool
rehearse_jobs_begin(PGconn *conn, const PlanStep *step)
{
	PGconn	   *session = connection_open_again(conn, "versioning rehearse");
	bool		result = session != NULL;
	int			i;

	if (session == NULL)
		return false;
	/* After the first batch, which is small, there is only time to pause */
	PQclear(connection_query(session, "SET client_min_messages = error"));
	PQclear(connection_query(session, "SET versioning.job_pause = 1000"));
	for (i = 0; i < TRIES && result && !have_begun(conn, step); i++)
	{
		PGresult   *called =
			connection_query(session, "CALL _v.run_jobs('100 ms')");

		result = called != NULL;
		PQclear(called);
	}
	connection_close(session);
	return result;
}

/* Have a job that is done lose its trigger; false after a message. */
static bool
assert_is_done(PGconn *conn, const char *name)
{
	PGresult   *result =
		connection_query_params(conn, "SELECT _v.assert_job_is_done($1)", 1,
								&name);

	PQclear(result);
	return result != NULL;
}

bool
rehearse_jobs_run(const RunOptions *options, PGconn *conn,
				  const PlanStep *step, JobAction action, const char *label)
{
	const PatchFile *file = step->file->file;
	Progress   *progress = watch_progress_create(PROGRESS_QUIET, false, 1,
												 options->is_quiet ? NULL :
												 label);
	bool		result = true;
	int			i;

	for (i = 0; i < file->job_count && result; i++)
	{
		StepEnd		end = {0};

		if (file->jobs[i].action != action)
			continue;
		watch_progress_begin(progress, 1, step, file->jobs[i].name);
		result = deploy_job_run(options, conn, file->jobs[i].name, 1,
								progress);
		end.has_failed = !result;
		watch_progress_end(progress, &end);
		if (result && action == JOB_AWAIT)
			result = assert_is_done(conn, file->jobs[i].name);
	}
	watch_progress_free(progress);
	return result;
}
