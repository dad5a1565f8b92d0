/*-------------------------------------------------------------------------
 *
 * run/file.c
 *		What running a file takes, with psql or without
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "project/source.h"
#include "run/file.h"
#include "run/lock.h"
#include "run/origin.h"

void
run_file_append_marks(PQExpBuffer query, const FileRunner *runner,
					  const PlanStep *step, int lock_timeout)
{
	appendPQExpBuffer(query,
					  "SELECT since AS versioning_since, "
					  "pid AS versioning_pid FROM (SELECT "
					  "pg_catalog.date_part('epoch', "
					  "pg_catalog.clock_timestamp()) AS since, "
					  "pg_catalog.pg_backend_pid() AS pid, "
					  "pg_catalog.pg_try_advisory_lock_shared(%d, %d)%s, ",
					  RUN_LOCK_CLASS, RUN_LOCK_SESSION,
					  runner->checks_client ? ", pg_catalog.set_config("
					  "'client_connection_check_interval', '1s', false)" :
					  "");
	if (lock_timeout > 0)
		appendPQExpBuffer(query, "pg_catalog.set_config('lock_timeout', "
						  "'%d', false), ", lock_timeout);
	project_source_append(query, step->file->path,
						  step->has_digest ? &step->digest : NULL,
						  runner->is_unicode);
	if (!runner->options->is_rehearsal)
		run_origin_append(query, step->file->path, runner->is_unicode);
	appendPQExpBufferStr(query, ") AS session");
}

void
run_file_run_free(FileRun *run)
{
	pg_free(run->message);
	pg_free(run->error);
	PQclear(run->blockers);
}

void
run_file_copy_path(char *path, const PlanStep *step)
{
	strlcpy(path, step->file->path, MAXPGPATH);
	canonicalize_path(path);
	strlcpy(path, report_printable(path), MAXPGPATH);
}
