/*-------------------------------------------------------------------------
 *
 * database/jobs.c
 *		The rows of _v.jobs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "database/connection.h"
#include "database/jobs.h"

#define TIME(column) \
	"pg_catalog.to_char(" column ", 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')"

const char jobs_query[] =
"SELECT job_name, patch_name, table_name, role_name, state, rows_done,"
" batches_done, coalesce(batches_given_up, 0), coalesce(share, -1),"
" coalesce(rows_per_second, -1),"
" coalesce(pg_catalog.ceil(extract(epoch FROM time_left))::int8, -1),"
" last_error, held_back, pg_catalog.array_to_string(runners, ', '), "
TIME("registered_at") ", " TIME("started_at") ", " TIME("finished_at")
" FROM _v.jobs ORDER BY registered_at, job_name COLLATE pg_catalog.\"C\"";

/* The columns of the result */
enum
{
	NAME, PATCH, TABLE, ROLE, STATE, ROWS, BATCHES, GIVEN_UP, SHARE, RATE,
	SECONDS_LEFT, LAST_ERROR, HELD_BACK, RUNNERS, REGISTERED_AT, STARTED_AT,
	FINISHED_AT
};

/* Fill in one job from its row. */
static void
read_row(Job *job, const PGresult *result, int row)
{
	job->name = PQgetvalue(result, row, NAME);
	job->patch = PQgetvalue(result, row, PATCH);
	job->table = PQgetvalue(result, row, TABLE);
	job->role = PQgetvalue(result, row, ROLE);
	job->state = PQgetvalue(result, row, STATE);
	job->is_done = strcmp(job->state, "done") == 0;
	job->is_waiting = strcmp(job->state, "waiting") == 0;
	job->is_held_back = strcmp(job->state, "held back") == 0;
	job->rows = strtoll(PQgetvalue(result, row, ROWS), NULL, 10);
	job->batches = strtoll(PQgetvalue(result, row, BATCHES), NULL, 10);
	job->given_up = atoi(PQgetvalue(result, row, GIVEN_UP));
	job->share = strtod(PQgetvalue(result, row, SHARE), NULL);
	job->rate = strtod(PQgetvalue(result, row, RATE), NULL);
	job->seconds_left = strtoll(PQgetvalue(result, row, SECONDS_LEFT), NULL,
								10);
	job->error = PQgetvalue(result, row, LAST_ERROR);
	job->held_back = PQgetvalue(result, row, HELD_BACK);
	job->runners = PQgetvalue(result, row, RUNNERS);
	job->registered_at = PQgetvalue(result, row, REGISTERED_AT);
	job->started_at = PQgetvalue(result, row, STARTED_AT);
	job->finished_at = PQgetvalue(result, row, FINISHED_AT);
}

void
jobs_take(Jobs *list, PGresult *result)
{
	int			i;

	list->result = result;
	list->count = PQntuples(result);
	list->jobs = pg_malloc((list->count + 1) * sizeof(Job));
	for (i = 0; i < list->count; i++)
		read_row(&list->jobs[i], result, i);
}

bool
jobs_read(PGconn *conn, Jobs *list)
{
	PGresult   *result = PQexec(conn, jobs_query);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	memset(list, 0, sizeof(*list));
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
	{
		jobs_take(list, result);
		return true;
	}
	if (state != NULL && strcmp(state, "42P01") == 0)
		connection_report_missing(conn, "jobs");
	else
		report_server_message(PQerrorMessage(conn));
	PQclear(result);
	return false;
}

const Job *
jobs_find(const Jobs *list, const char *name)
{
	int			i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->jobs[i].name, name) == 0)
			return &list->jobs[i];
	return NULL;
}

const char *
jobs_share(const Job *job)
{
	static char text[64];

	if (job->share < 0)
		snprintf(text, sizeof(text), INT64_FORMAT " rows", job->rows);
	else
		snprintf(text, sizeof(text), "%d %%", job->is_done ? 100 :
				 Min((int) (job->share * 100), 99));
	return text;
}

const char *
jobs_time_left(const Job *job)
{
	static char text[64];
	int64		seconds = job->seconds_left;
	int64		unit = seconds < 90 ? 1 : seconds < 90 * 60 ? 60 : 60 * 60;

	if (job->seconds_left < 0 || job->is_done)
		return "";
	snprintf(text, sizeof(text), "about " INT64_FORMAT " %s left",
			 (seconds + unit / 2) / unit,
			 unit == 1 ? "s" : unit == 60 ? "min" : "h");
	return text;
}

char *
jobs_describe(const Job *job)
{
	const char *share = jobs_share(job);
	const char *left = jobs_time_left(job);

	if (job->is_done)
		return pg_strdup("done");
	if (job->is_held_back)
		return psprintf("%s, held back: %s", share, job->held_back);
	if (strcmp(job->state, "failed") == 0)
		return psprintf("failed at %s%s%s", share,
						*job->error == '\0' ? "" : ": ", job->error);
	if (strcmp(job->state, "paused") == 0)
		return psprintf("paused at %s", share);
	if (job->is_waiting)
		return job->batches == 0 ? pg_strdup("not begun") :
			psprintf("%s, not running", share);
	return psprintf("%s%s%s", share, *left == '\0' ? "" : ", ", left);
}

void
jobs_free(Jobs *list)
{
	pg_free(list->jobs);
	PQclear(list->result);
}
