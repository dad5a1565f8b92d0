/*-------------------------------------------------------------------------
 *
 * jobs/held.c
 *		What a job is held back by.
 *
 * A job has time, and others may not: a standby that has to follow, the
 * archive that has to take the WAL, VACUUM that cannot remove what the job
 * leaves, a deploy that waits for the table.  And it would not be right to go
 * on where nobody notes which keys change.
 *
 * What PostgreSQL says of the lag of a standby is how long the last WAL took
 * that was replayed: of one that replays nothing, it stays as it is.  So a
 * runner remembers a position in the WAL until all standbys have come to it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "jobs/held.h"
#include "jobs/store.h"
#include "utils/timestamp.h"

/*
 * $1 is the table; $2 to $4 are the limits, 0 for none; $5 and $6 are a
 * position in the WAL, and how long ago it was written; $7 is the job.  A
 * trigger that was disabled has missed what its job has to know, and whoever
 * has enabled it again with all others has left a trace.
 */
static const char *const query =
"SELECT coalesce("
"    (SELECT format('its trigger on table %s is not there, or not '"
"                   || 'ENABLE ALWAYS', $1)"
"       FROM pg_class AS c,"
"            LATERAL (SELECT count(*) FILTER (WHERE tgrelid = c.oid) AS here,"
"                            count(*) FILTER (WHERE tgenabled <> 'A') AS off"
"                       FROM pg_trigger"
"                      WHERE tgfoid = to_regprocedure('_v.note_moved_key()')"
"                        AND tgargs = convert_to($7, getdatabaseencoding())"
"                                     || '\\x00'"
"                        AND (tgrelid = c.oid OR c.oid IN"
"                             (SELECT pg_partition_ancestors(tgrelid)))) AS t"
"      WHERE c.oid = to_regclass($1)"
"        AND (off > 0 OR here < CASE relkind WHEN 'p' THEN 2 ELSE 1 END)),"
"    (SELECT format('process %s waits for a lock on table %s', pid, $1)"
"       FROM pg_locks"
"      WHERE NOT granted"
"        AND (relation = to_regclass($1) OR to_regclass($1) IN"
"             (SELECT pg_partition_ancestors(relation)))"
"        AND database = (SELECT oid FROM pg_database"
"                         WHERE datname = current_database())"
"        AND mode IN ('ShareLock', 'ShareRowExclusiveLock',"
"                     'ExclusiveLock', 'AccessExclusiveLock')"
"      LIMIT 1),"
"    (SELECT format('standby \"%s\" is %s s behind', application_name,"
"                   floor(lag))"
"       FROM (SELECT application_name,"
"                    greatest(extract(epoch FROM replay_lag),"
"                             CASE WHEN replay_lsn < $5::pg_lsn"
"                                  THEN $6::numeric / 1000 END) AS lag"
"               FROM pg_stat_replication) AS standby"
"      WHERE $2 <> '0' AND lag > $2::numeric / 1000"
"      ORDER BY lag DESC LIMIT 1),"
"    (SELECT format('%s files of WAL wait to be archived', count(*))"
"       FROM (SELECT WHERE current_setting('archive_mode') <> 'off'"
"                      AND $3 <> '0') AS asked,"
"            LATERAL pg_ls_archive_statusdir() AS file"
"      WHERE file.name LIKE '%.ready'"
"     HAVING count(*) > $3::bigint),"
"    (SELECT format('process %s has held a snapshot for %s s', pid,"
"                   floor(extract(epoch FROM clock_timestamp() -"
"                                            xact_start)))"
"       FROM pg_stat_activity"
"      WHERE $4 <> '0' AND backend_xmin IS NOT NULL"
"        AND pid <> pg_backend_pid()"
"        AND xact_start < clock_timestamp() -"
"                         make_interval(secs => $4::float8 / 1000)"
"      ORDER BY xact_start LIMIT 1))";

/* Sets the mark anew, if all standbys have come to it. */
static void
move_mark(JobMark *mark)
{
	if (jobs_store("SELECT pg_current_wal_lsn()"
				   " WHERE NOT EXISTS"
				   "       (SELECT FROM pg_stat_replication"
				   "         WHERE replay_lsn < nullif($1, '')::pg_lsn)",
				   mark->lsn) > 0)
	{
		strlcpy(mark->lsn, jobs_store_value(0, 0), sizeof(mark->lsn));
		mark->written_at = GetCurrentTimestamp();
	}
	jobs_store_free();
}

char *
jobs_held_reason(const Job *job, const JobSettings *settings, JobMark *mark)
{
	int64		ms = (GetCurrentTimestamp() - mark->written_at) / 1000;
	char	   *reason;

	(void) jobs_store(query, job->table,
					  psprintf("%d", settings->max_replay_lag),
					  psprintf("%d", settings->max_archive_backlog),
					  psprintf("%d", settings->max_snapshot_age),
					  mark->lsn[0] == '\0' ? NULL : mark->lsn,
					  psprintf(INT64_FORMAT, ms), job->name);
	reason = jobs_store_value(0, 0);
	jobs_store_free();
	move_mark(mark);
	return reason;
}

char *
jobs_held_subscription(const Job *job)
{
	char	   *subscription = NULL;

	if (jobs_store("SELECT subname"
				   "  FROM pg_subscription_rel"
				   "  JOIN pg_subscription AS s ON s.oid = srsubid"
				   " WHERE srrelid = '_v.job_list'::regclass"
				   "    OR srrelid = to_regclass($1)"
				   "    OR srrelid IN (SELECT relid FROM"
				   "                   pg_partition_tree(to_regclass($1)))"
				   " LIMIT 1", job->table) > 0)
		subscription = jobs_store_value(0, 0);
	jobs_store_free();
	return subscription;
}
