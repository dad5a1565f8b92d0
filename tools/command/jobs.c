/*-------------------------------------------------------------------------
 *
 * command/jobs.c
 *		versioning jobs, pause, resume, cancel: what becomes of jobs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "command/command.h"
#include "show/show.h"

/* Show all jobs, and how far they are. */
Status
command_jobs(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection,
									   "versioning jobs");
	Jobs		jobs;

	if (conn == NULL)
		return STATUS_TROUBLE;
	if (!jobs_read(conn, &jobs))
	{
		connection_close(conn);
		return STATUS_TROUBLE;
	}
	if (options->deploy.is_json)
		show_jobs_print_json(&jobs);
	else if (jobs.count > 0)
		show_jobs_print_table(&jobs, PQclientEncoding(conn));
	else if (!options->deploy.is_quiet)
		puts("There are no jobs.");
	jobs_free(&jobs);
	connection_close(conn);
	return STATUS_DONE;
}

/* Call a function for one job.  Returns false after a message. */
static bool
change_job(PGconn *conn, const char *query, const char *name)
{
	PGresult   *result = connection_query_params(conn, query, 1, &name);

	PQclear(result);
	return result != NULL;
}

/* Call a function for each job that is named, and say what they are then. */
static Status
change_jobs(Options *options, const char *query, const char *what)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning");
	Status		status = STATUS_DONE;
	int			i;

	if (conn == NULL)
		return STATUS_TROUBLE;
	for (i = 0; i < options->name_count; i++)
	{
		if (!change_job(conn, query, options->names[i]))
			status = STATUS_FAILED;
		else if (!options->deploy.is_quiet)
			printf("%s: %s\n", report_printable(options->names[i]), what);
	}
	connection_close(conn);
	return status;
}

/* Have jobs stop after their batches, and not go on. */
Status
command_jobs_pause(Options *options)
{
	return change_jobs(options, "SELECT _v.pause_job($1)", "paused");
}

/* Let paused and failed jobs go on, when somebody runs them. */
Status
command_jobs_resume(Options *options)
{
	return change_jobs(options, "SELECT _v.resume_job($1)",
					   "waits to be run");
}

/* Forget jobs, whatever is left of them. */
Status
command_jobs_cancel(Options *options)
{
	return change_jobs(options, "SELECT _v.cancel_job($1)", "canceled");
}
