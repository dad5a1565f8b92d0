/*-------------------------------------------------------------------------
 *
 * jobs/cancel.c
 *		A job is canceled, or all jobs of a patch.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "history/history.h"
#include "jobs/cancel.h"
#include "jobs/job.h"
#include "jobs/store.h"
#include "jobs/trigger.h"
#include "nodes/pg_list.h"

void
jobs_cancel(const char *name)
{
	Job		   *job;

	jobs_job_lock(name, ExclusiveLock);
	job = jobs_job_find(name);
	if (job == NULL)
		return;
	jobs_trigger_drop(job);
	(void) jobs_store("DELETE FROM _v.job_moved WHERE job_name = $1", name);
	(void) jobs_store("DELETE FROM _v.job_pieces WHERE job_name = $1", name);
	(void) jobs_store("DELETE FROM _v.job_list WHERE job_name = $1", name);
	if (strcmp(job->state, "done") != 0)
		history_add_job(HISTORY_JOB_CANCELED, job->patch_name, name);
}

void
jobs_cancel_of_patch(const char *patch_name)
{
	List	   *names = NIL;
	ListCell   *lc;
	uint64		count;

	SPI_connect();
	count = jobs_store("SELECT job_name FROM _v.job_list"
					   " WHERE patch_name = $1 ORDER BY job_name",
					   patch_name);
	for (uint64 i = 0; i < count; i++)
		names = lappend(names, jobs_store_value(i, 0));
	foreach(lc, names)
		jobs_cancel(lfirst(lc));
	SPI_finish();
}
