/*-------------------------------------------------------------------------
 *
 * show/jobs.c
 *		The jobs of patches, for people and for programs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "fe_utils/print.h"
#include "show/show.h"

/* Add a cell to a table, with a text that is freed with it. */
static void
add_cell(printTableContent *table, char *text)
{
	printTableAddCell(table, text, false, true);
}

/* What there is to remark about a job. */
static char *
remarks(const Job *job)
{
	if (job->is_held_back)
		return pg_strdup(job->held_back);
	if (job->given_up > 0)
		return psprintf("%d batches given up: %s", job->given_up, job->error);
	return pg_strdup(job->is_done ? "" : *job->error != '\0' ? job->error :
					 jobs_time_left(job));
}

/* Add the row of a job. */
static void
add_row(printTableContent *table, const Job *job)
{
	add_cell(table, pg_strdup(job->name));
	add_cell(table, strcmp(job->patch, job->name) == 0 ? pg_strdup("") :
			 pg_strdup(job->patch));
	add_cell(table, pg_strdup(job->table));
	add_cell(table, pg_strdup(job->state));
	add_cell(table, job->share < 0 ? pg_strdup("") :
			 pg_strdup(jobs_share(job)));
	add_cell(table, psprintf(INT64_FORMAT, job->rows));
	add_cell(table, job->rate < 0 ? pg_strdup("") :
			 psprintf("%.0f", job->rate));
	add_cell(table, remarks(job));
}

void
show_jobs_print_table(const Jobs *list, int encoding)
{
	static const char *const headers[] = {
		"job", "patch", "table", "state", "done", "rows", "rows/s", "remarks"
	};
	static const char alignments[] = "llllrrrl";
	printTableOpt options = {0};
	printTableContent table;
	size_t		i;
	int			n;

	options.format = PRINT_ALIGNED;
	options.border = 1;
	options.start_table = options.stop_table = true;
	options.encoding = encoding;

	printTableInit(&table, &options, NULL, lengthof(headers), list->count);
	for (i = 0; i < lengthof(headers); i++)
		printTableAddHeader(&table, unconstify(char *, headers[i]), false,
							alignments[i]);
	for (n = 0; n < list->count; n++)
		add_row(&table, &list->jobs[n]);
	printTable(&table, stdout, false, NULL);
	printTableCleanup(&table);
}

/* Print a key with a number, or null if it is not known. */
static void
print_known(const char *key, double number)
{
	if (number < 0)
	{
		json_print_member(key, NULL);
		return;
	}
	json_print_key(key);
	printf("%.6g", number);
}

void
show_jobs_print_object(const Job *job)
{
	json_begin_object("job", job->name);
	json_print_member("patch", job->patch);
	json_print_member("table", job->table);
	json_print_member("role", job->role);
	json_print_member("state", job->state);
	json_print_number("rows_done", job->rows);
	json_print_number("batches_done", job->batches);
	json_print_number("batches_given_up", job->given_up);
	print_known("share", job->share);
	print_known("rows_per_second", job->rate);
	print_known("seconds_left", (double) job->seconds_left);
	json_print_text("last_error", job->error);
	json_print_text("held_back", job->held_back);
	json_print_key("runners");
	printf("[%s]", job->runners);
	json_print_text("registered_at", job->registered_at);
	json_print_text("started_at", job->started_at);
	json_print_text("finished_at", job->finished_at);
	putchar('}');
}

void
show_jobs_print_json(const Jobs *list)
{
	int			i;

	fputs("{\"jobs\": [", stdout);
	for (i = 0; i < list->count; i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		show_jobs_print_object(&list->jobs[i]);
	}
	puts("]}");
}
