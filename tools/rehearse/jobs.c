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

bool
rehearse_jobs_exist(const PlanStep *step)
{
	const PatchFile *file = step->file->file;
	int			i;

	for (i = 0; i < file->job_count; i++)
		if (file->jobs[i].action == JOB_REGISTER)
			return true;
	return false;
}

bool
rehearse_jobs_begin(PGconn *conn)
{
	PGconn	   *session = connection_open_again(conn, "versioning rehearse");
	PGresult   *result;

	if (session == NULL)
		return false;
	/* A batch, or two, and not all, if there are rows enough */
	PQclear(connection_query(session, "SET client_min_messages = error"));
	result = connection_query(session, "CALL _v.run_jobs('1 ms')");
	PQclear(result);
	connection_close(session);
	return result != NULL;
}

bool
rehearse_jobs_run(const DeployOptions *options, PGconn *conn,
				  const PlanStep *step, const char *label)
{
	const PatchFile *file = step->file->file;
	Progress   *progress = deploy_progress_create(PROGRESS_QUIET, false, 1,
												  options->is_quiet ? NULL :
												  label);
	bool		result = true;
	int			i;

	for (i = 0; i < file->job_count && result; i++)
	{
		StepEnd		end = {0};

		if (file->jobs[i].action != JOB_REGISTER)
			continue;
		deploy_progress_begin(progress, 1, step, file->jobs[i].name);
		result = deploy_job_run(options, conn, file->jobs[i].name, 1,
								progress);
		end.has_failed = !result;
		deploy_progress_end(progress, &end);
	}
	deploy_progress_free(progress);
	return result;
}
