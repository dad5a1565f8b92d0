/*-------------------------------------------------------------------------
 *
 * run/verify.c
 *		Has a patch done what it should?
 *
 * The queries of a file say so: one that fails says no, and so does a row in
 * which a column of type boolean is not true.  They are to say the same in the
 * transaction of the patch and later.  So what the patch has left to its
 * session does not count, and they cannot write; in that transaction, both end
 * with a savepoint, inside which SET TRANSACTION READ WRITE fails.  What is
 * deferred up to COMMIT is done before, for the time being.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/buffer.h"
#include "base/report.h"
#include "catalog/pg_type_d.h"
#include "run/verify.h"

/* How much of a row is shown, and of a value in it, in bytes */
#define MOST_SHOWN 500
#define MOST_OF_VALUE 100

/* Append the value of a column, as far as it is shown. */
static void
append_value(PQExpBuffer text, const PGresult *result, int row, int column)
{
	const char *value = PQgetvalue(result, row, column);
	int			length = report_fitting(value, MOST_OF_VALUE);
	char	   *part = psprintf("%.*s%s", length, value,
								value[length] != '\0' ? "..." : "");

	appendPQExpBuffer(text, "%s = %s",
					  report_printable(PQfname(result, column)),
					  PQgetisnull(result, row, column) ? "null" :
					  report_printable(part));
	pg_free(part);
}

/* A row in words; the caller frees them. */
static char *
describe_row(const PGresult *result, int row)
{
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	for (i = 0; i < PQnfields(result) && text.len < MOST_SHOWN; i++)
	{
		appendPQExpBufferStr(&text, i > 0 ? ", " : "");
		append_value(&text, result, row, i);
	}
	return buffer_finish(&text);
}

/* Is there something in the row that is not true? */
static bool
is_false(const PGresult *result, int row)
{
	int			i;

	for (i = 0; i < PQnfields(result); i++)
		if (PQftype(result, i) == BOOLOID &&
			strcmp(PQgetvalue(result, row, i), "t") != 0)
			return true;
	return false;
}

/* Look at the rows of a query, and complain of the first that is not true. */
static bool
check_rows(SqlSession *session, const PGresult *result)
{
	int			row;
	char	   *line;

	for (row = 0; row < PQntuples(result); row++)
		if (is_false(result, row))
			break;
	if (row == PQntuples(result))
		return true;
	line = describe_row(result, row);
	run_pipeline_complain(session, session->item->line,
						  "row %d of %d is not true: %s", row + 1,
						  PQntuples(result), line);
	pg_free(line);
	return false;
}

/* Has the transaction stayed read-only?  RESET ends that in release 15. */
static void
add_check(SqlSession *session)
{
	run_pipeline_add_text(session, "SELECT pg_catalog.current_setting("
						  "'transaction_read_only')::pg_catalog.bool "
						  "AS is_read_only", FILE_RUN_AFTER, 0);
	run_pipeline_check(session, check_rows);
}

/* Add the queries of a file. */
static void
add_queries(SqlSession *session, const ProjectFile *file)
{
	const ScriptOutline *outline = file->outline;
	int			i;

	for (i = 0; i < outline->query_count; i++)
	{
		const OutlineQuery *query = &outline->queries[i];

		run_pipeline_add(session, file->bytes.text + query->start,
						 query->length, query->line, NULL);
		run_pipeline_check(session, check_rows);
	}
	add_check(session);
}

/* Add a query of ours. */
static void
add_text(SqlSession *session, const char *text)
{
	run_pipeline_add_text(session, text, FILE_RUN_VERIFY, 0);
}

/* Add the end of the savepoint. */
static void
add_end(SqlSession *session)
{
	add_text(session, "ROLLBACK TO SAVEPOINT versioning_verify");
	add_text(session, "RELEASE SAVEPOINT versioning_verify");
}

/*
 * Add what verifies a patch in its transaction.  What the patch has left to
 * the session, but for locks, is put aside: a new one would not find it.
 */
static void
add_inside(SqlSession *session, const ProjectFile *file)
{
	add_text(session, "SAVEPOINT versioning_verify");
	add_text(session, "CLOSE ALL");
	add_text(session, "SET SESSION AUTHORIZATION DEFAULT");
	add_text(session, "RESET ROLE");
	add_text(session, "RESET ALL");
	add_text(session, "DEALLOCATE ALL");
	add_text(session, "DISCARD TEMP");
	add_text(session, session->marks.data);
	add_text(session, "SET TRANSACTION READ ONLY");
	add_queries(session, file);
	add_end(session);
}

/* Add what verifies a patch in a transaction of its own. */
static void
add_alone(SqlSession *session, const ProjectFile *file)
{
	add_text(session, "BEGIN READ ONLY");
	add_text(session, "SAVEPOINT versioning_verify");
	add_queries(session, file);
	add_text(session, "ROLLBACK");
}

/* Run all files that verify a step. */
static bool
run_files(SqlSession *session, const PlanStep *step,
		  void (*add_file) (SqlSession *, const ProjectFile *))
{
	char		path[MAXPGPATH];
	bool		result = true;
	int			i;

	strlcpy(path, session->path, sizeof(path));
	for (i = 0; result && i < step->verification_count; i++)
	{
		const ProjectFile *file = step->verifications[i];

		strlcpy(session->path, report_printable(file->path), MAXPGPATH);
		add_file(session, file);
		result = run_pipeline_run(session);
	}
	if (result)
		strlcpy(session->path, path, MAXPGPATH);
	return result;
}

bool
run_verify_inside(SqlSession *session, const PlanStep *step)
{
	if (step->verification_count == 0)
		return true;
	add_text(session, "SAVEPOINT versioning_verify");
	run_pipeline_add_text(session, "SET CONSTRAINTS ALL IMMEDIATE",
						  FILE_RUN_CONSTRAINTS, 0);
	if (!run_pipeline_run(session) || !run_files(session, step, add_inside))
		return false;
	add_end(session);
	return true;
}

bool
run_verify_alone(SqlSession *session, const PlanStep *step)
{
	return run_files(session, step, add_alone);
}
