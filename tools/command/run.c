/*-------------------------------------------------------------------------
 *
 * command/run.c
 *		versioning run: run the jobs of patches
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "command/command.h"
#include "deploy/job.h"

/* Say of a job that it is not run until somebody lets it, if that is so. */
static void
tell_if_stopped(const Job *job)
{
	char	   *how;

	if (strcmp(job->state, "paused") != 0 && strcmp(job->state, "failed") != 0)
		return;
	how = jobs_describe(job);
	pg_log_warning("the job \"%s\" is not run: %s",
				   report_printable(job->name),
				   report_printable(how));
	fe_compat_log_hint("\"versioning resume\" lets it go on.");
	pg_free(how);
}

/*
 * Find out which jobs are meant: those that are named, or all that wait.
 * Returns false after a message.
 */
static bool
choose_jobs(const Options *options, const Jobs *jobs, SimpleStringList *names)
{
	bool		result = true;
	int			i;

	for (i = 0; options->name_count == 0 && i < jobs->count; i++)
		if (jobs->jobs[i].is_waiting)
			simple_string_list_append(names, jobs->jobs[i].name);
		else
			tell_if_stopped(&jobs->jobs[i]);
	for (i = 0; i < options->name_count; i++)
	{
		simple_string_list_append(names, options->names[i]);
		if (jobs_find(jobs, options->names[i]) != NULL)
			continue;
		pg_log_error("there is no job \"%s\"",
					 report_printable(options->names[i]));
		result = false;
	}
	if (!result)
		pg_log_error("nothing was run");
	return result;
}

/* Run jobs, one after the other; returns how many are done. */
static int
run_jobs(const Options *options, PGconn *conn, const SimpleStringList *names,
		 int total)
{
	Progress   *progress =
		watch_progress_create(options->deploy.is_quiet ? PROGRESS_QUIET :
							  PROGRESS_LINES, false, total, NULL);
	const SimpleStringListCell *cell;
	int			number = 0;
	int			done = 0;

	for (cell = names->head; cell != NULL && interruption_count() == 0;
		 cell = cell->next)
	{
		StepEnd		end = {0};
		bool		is_done;

		watch_progress_begin(progress, ++number, NULL, cell->val);
		is_done = deploy_job_run(&options->deploy, conn, cell->val,
								 options->parallel, progress);
		end.has_failed = !is_done && interruption_count() == 0;
		watch_progress_end(progress, &end);
		done += is_done;
	}
	if (!options->deploy.is_quiet)
		printf("%d of %d %s done in %s.\n", done, total,
			   total == 1 ? "job" : "jobs",
			   watch_progress_duration(progress));
	watch_progress_free(progress);
	return done;
}

/* Run the jobs that are meant, if there are any. */
static Status
choose_and_run(const Options *options, PGconn *conn)
{
	Jobs		jobs;
	SimpleStringList names = {NULL, NULL};
	const SimpleStringListCell *cell;
	Status		status = STATUS_PROBLEM;
	int			count = 0;

	if (!jobs_read(conn, &jobs))
		return STATUS_TROUBLE;
	if (choose_jobs(options, &jobs, &names))
	{
		for (cell = names.head; cell != NULL; cell = cell->next)
			count++;
		status = STATUS_DONE;
		if (count > 0 && run_jobs(options, conn, &names, count) < count)
			status = STATUS_FAILED;
		else if (count == 0 && !options->deploy.is_quiet)
			puts("No job waits to be run.");
	}
	simple_string_list_destroy(&names);
	jobs_free(&jobs);
	return status;
}

/* Run the jobs that are named, or all that wait, up to their ends. */
Status
command_run(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning run");
	Status		status = STATUS_TROUBLE;

	if (conn == NULL)
		return STATUS_TROUBLE;
	if (interruption_catch())
	{
		status = choose_and_run(options, conn);
		interruption_release();
	}
	connection_close(conn);
	return status;
}
