/*-------------------------------------------------------------------------
 *
 * command/diff.c
 *		versioning diff: in what two databases differ, and by whom
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/interruption.h"
#include "base/report.h"
#include "command/command.h"
#include "command/target.h"
#include "common/logging.h"
#include "diff/culprit.h"
#include "diff/json.h"
#include "scratch/build.h"
#include "scratch/database.h"

/* What stands for the database that the patches make */
static const char files[] = "files";

/* All that is to be freed in the end */
typedef struct Work
{
	Options    *options;
	const char *words[2];		/* what the user called them, NULL: -d */
	DiffSide	sides[2];
	char	   *names[2];		/* of the sides, if they are ours */
	ConnectionOptions connections[2];
	ScratchDatabase *scratch;	/* that of the files, or NULL */
	DiffCatalog *catalogs[2];
} Work;

/* Is a side what the files make? */
static bool
is_files(const Work *work, int number)
{
	return work->words[number] != NULL &&
		strcmp(work->words[number], files) == 0;
}

/* What the arguments say: files are compared, if nothing else is named. */
static void
read_arguments(Work *work)
{
	const Options *options = work->options;

	if (options->name_count > 0)
		work->words[0] = options->names[0];
	if (options->name_count > 1)
		work->words[1] = options->names[1];
	else if (!is_files(work, 0))
		work->words[1] = files;
	if (is_files(work, 0) && is_files(work, 1))
		command_options_error("diff compares the files with a database, and "
							  "none is named");
}

/*
 * What the database of a side is called: as the user has called it, unless
 * that may say more than others should see.
 */
static char *
side_name(const Work *work, int number)
{
	const char *word = work->words[number];
	PGconn	   *conn = work->sides[number].conn;

	if (word == NULL)
		word = work->options->target;
	if (word == NULL || strchr(word, '=') != NULL ||
		strstr(word, "://") != NULL)
		word = PQdb(conn);
	return pg_strdup(report_printable(word));
}

/* Connect to the database of a side; false after a message. */
static bool
open_database(Work *work, int number)
{
	DiffSide   *side = &work->sides[number];
	ConnectionOptions *connection = &work->connections[number];
	Options    *options = work->options;

	if (work->words[number] != NULL)
		command_target_connection(options, work->words[number], connection);
	side->conn = connection_open(work->words[number] != NULL ? connection :
								 &options->connection, "versioning diff");
	if (side->conn == NULL)
		return false;
	work->names[number] = side_name(work, number);
	side->name = work->names[number];
	return true;
}

/* Tell two databases of one name apart by their servers. */
static void
qualify_names(Work *work)
{
	int			i;

	if (strcmp(work->sides[0].name, work->sides[1].name) != 0)
		return;
	for (i = 0; i < 2; i++)
	{
		PGconn	   *conn = work->sides[i].conn;
		char	   *name = psprintf("%s@%s:%s", work->sides[i].name,
									report_printable(PQhost(conn)),
									PQport(conn));

		pg_free(work->names[i]);
		work->names[i] = name;
		work->sides[i].name = name;
	}
}

/* Apply all patches to a scratch database, which is a side of ours then. */
static bool
build(Work *work, DiffSide *side, const Project *project)
{
	const Options *options = work->options;

	if (work->scratch == NULL)
		return false;
	side->conn = work->scratch->conn;
	return scratch_build(options->progname, &options->deploy,
						 "applying the files in a scratch database",
						 side->conn, project, NULL, 0) == STATUS_DONE &&
		interruption_count() == 0;
}

/*
 * Make what the files make, on the server of the other side.  Returns false
 * after a message.
 */
static bool
open_files(Work *work, int number)
{
	const Options *options = work->options;
	PGconn	   *other = work->sides[1 - number].conn;
	DiffSide   *side = &work->sides[number];
	Project    *project = project_read(&options->patches, &options->rollbacks,
									   true, PROJECT_BYTES);
	bool		is_done = false;

	side->name = files;
	side->is_files = true;
	report_problems(options->progname, &project->problems, NULL);
	if (problem_has_errors(&project->problems))
		pg_log_error("nothing was compared");
	else if (interruption_catch() && scratch_database_is_possible(other) &&
			 scratch_database_drop_leftovers(other))
	{
		work->scratch = scratch_database_create(options->deploy.argv0, NULL,
												other);
		is_done = build(work, side, project);
	}
	project_free(project);
	return is_done;
}

/* Open both sides, the one first that is a database for sure. */
static bool
open_sides(Work *work)
{
	int			first = is_files(work, 0) ? 1 : 0;
	int			second = 1 - first;

	if (!open_database(work, first))
		return false;
	if (is_files(work, second))
		return open_files(work, second);
	if (!open_database(work, second))
		return false;
	qualify_names(work);
	return true;
}

/* Read what there is in both databases; false after a message. */
static bool
read_catalogs(Work *work)
{
	const Options *options = work->options;
	char	   *timeout = psprintf(INT64_FORMAT "ms",
								   options->deploy.lock_timeout);
	const char *names[] = {work->sides[0].name, work->sides[1].name};
	DiffWishes	wishes = {0};
	bool		is_done = true;
	int			i;

	wishes.is_all = options->compares_all;
	wishes.has_no_owners = options->has_no_owners;
	wishes.has_no_grants = options->has_no_grants;
	wishes.has_no_database = work->scratch != NULL;
	wishes.lock_timeout = timeout;
	for (i = 0; i < 2 && is_done; i++)
	{
		work->catalogs[i] = diff_catalog_ask(work->sides[i].conn, &wishes);
		is_done = work->catalogs[i] != NULL;
	}
	is_done = is_done && diff_catalog_receive(work->catalogs, names, 2,
											  &wishes);
	for (i = 0; i < 2 && is_done; i++)
		is_done = diff_side_read(&work->sides[i]);
	pg_free(timeout);
	return is_done;
}

/*
 * End our transactions, which keep others from altering what views use: what
 * comes next may wait for a person.
 */
static void
end_transactions(Work *work)
{
	int			i;

	for (i = 0; i < 2; i++)
	{
		PGconn	   *conn = work->sides[i].conn;

		if (conn == NULL || PQtransactionStatus(conn) == PQTRANS_IDLE)
			continue;
		if (PQtransactionStatus(conn) == PQTRANS_ACTIVE)
			connection_cancel(conn);
		PQclear(PQexec(conn, "ROLLBACK"));
	}
}

/* Compare what has been read, and say what has come of it. */
static Status
compare(Work *work)
{
	const Options *options = work->options;
	Comparison *comparison = diff_compare(work->catalogs[0],
										  work->catalogs[1]);
	DiffReport	report = {work->sides, {NULL, 0}, comparison,
		options->deploy.is_quiet
	};
	Status		status = STATUS_TROUBLE;

	report.patches = diff_patches_compare(work->sides);
	if (diff_culprit_find(comparison, work->sides, 0) &&
		diff_culprit_find(comparison, work->sides, 1))
	{
		end_transactions(work);
		if (options->deploy.is_json)
			diff_json_print(&report);
		else
			diff_report_print(&report);
		status = diff_report_is_empty(&report) ? STATUS_DONE :
			STATUS_PROBLEM;
	}
	pg_free(report.patches.items);
	diff_compare_free(comparison);
	return status;
}

/*
 * Drop the scratch database if there is one, and free all.  Returns false
 * after a message.
 */
static bool
finish(Work *work)
{
	bool		is_done = true;
	int			i;

	end_transactions(work);
	for (i = 0; i < 2; i++)
	{
		if (work->catalogs[i] != NULL)
			diff_catalog_free(work->catalogs[i]);
		diff_side_free(&work->sides[i]);
	}
	if (work->scratch != NULL)
		is_done = scratch_database_drop(work->scratch);
	for (i = 0; i < 2; i++)
	{
		if (work->sides[i].conn != NULL && !work->sides[i].is_files)
			connection_close(work->sides[i].conn);
		pg_free(work->names[i]);
		if (work->words[i] != NULL)
			pg_free(work->connections[i].password);
	}
	return is_done;
}

/* Compare two databases, or one with what the files make. */
Status
command_diff(Options *options)
{
	Work		work = {0};
	Status		status = STATUS_TROUBLE;

	work.options = options;
	read_arguments(&work);
	if (open_sides(&work) && read_catalogs(&work))
		status = compare(&work);
	if (!finish(&work))
		status = STATUS_TROUBLE;
	if (interruption_count() > 0)
	{
		pg_log_error("interrupted");
		status = STATUS_TROUBLE;
	}
	return status;
}
