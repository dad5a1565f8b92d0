/*-------------------------------------------------------------------------
 *
 * resume/part_note.c
 *		Notes of how far a file has come, as the extension keeps them
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "fe_utils/string_utils.h"
#include "project/source.h"
#include "resume/part_note.h"

/* All of a file, in the place of a part */
#define WHOLE (-1)

/*
 * How long to wait for whoever has locked the table.  What is known of a whole
 * file depends on its notes.
 */
#define WHOLE_LIMIT "10s"
#define FAILURE_LIMIT "1s"

/*
 * Append the beginning of a call: what happens, and to which patches.  All
 * arguments have the types of the function's, so that no other function of
 * that name can fit the call better.
 */
static void
begin_call(PQExpBuffer query, PGconn *conn, const PlanStep *step,
		   const char *event)
{
	int			i;

	appendPQExpBuffer(query, "SELECT _v.note_progress('%s'::pg_catalog.text, "
					  "ARRAY[", event);
	for (i = 0; i < step->name_count; i++)
	{
		appendPQExpBufferStr(query, i > 0 ? ", " : "");
		appendStringLiteralConn(query, step->names[i], conn);
	}
	appendPQExpBufferStr(query, "]::pg_catalog.text[]");
}

/* Append the digests of the parts that are done. */
static void
append_digests(PQExpBuffer query, const PlanParts *parts)
{
	int			i;

	appendPQExpBufferStr(query, "ARRAY[");
	for (i = 0; i < parts->next && i < parts->cut.count; i++)
	{
		appendPQExpBufferStr(query, i > 0 ? ", " : "");
		if (parts->cut.items[i].kind == PART_IS_SETTING)
			appendPQExpBufferStr(query, "NULL");
		else
			appendPQExpBuffer(query, "'%s'", parts->digests[i]);
	}
	appendPQExpBufferStr(query, "]::pg_catalog.text[]");
}

/* The line at which a part begins. */
static int
line_of(const PlanParts *parts, int part)
{
	if (parts->cut.count == 0)
		return 1;
	return part < parts->cut.count ? parts->cut.items[part].line :
		parts->cut.items[parts->cut.count - 1].end_line + 1;
}

void
resume_part_note_begins(PQExpBuffer query, PGconn *conn, const PlanStep *step,
						const char *file)
{
	const PlanParts *parts = step->parts;

	begin_call(query, conn, step, "begins");
	appendPQExpBuffer(query, ", %d, %d, %s::pg_catalog.text, ",
					  Max(parts->cut.count, 1),
					  line_of(parts, parts->next), file);
	append_digests(query, parts);
	appendPQExpBufferChar(query, ')');
}

void
resume_part_note_runs(PQExpBuffer query, PGconn *conn, const PlanStep *step,
					  int part, const char *relation, const char *leaves)
{
	begin_call(query, conn, step, "runs");
	appendPQExpBuffer(query, ", %d, %d, %s::pg_catalog.text, ", part + 1,
					  line_of(step->parts, Max(part, 0)), relation);
	appendPQExpBuffer(query, "ARRAY['%s', ",
					  part == WHOLE ? "whole" : step->parts->digests[part]);
	if (leaves[0] == '\0')
		appendPQExpBufferStr(query, "NULL");
	else
		appendStringLiteralConn(query, leaves, conn);
	appendPQExpBufferStr(query, "]::pg_catalog.text[])");
}

void
resume_part_note_over(PQExpBuffer query, PGconn *conn, const PlanStep *step)
{
	begin_call(query, conn, step, "over");
	appendPQExpBufferChar(query, ')');
}

void
resume_part_note_done(PQExpBuffer query, PGconn *conn, const PlanStep *step,
					  int part)
{
	const PlanParts *parts = step->parts;

	if (part + 1 == parts->cut.count)
	{
		resume_part_note_over(query, conn, step);
		return;
	}
	begin_call(query, conn, step, "done");
	appendPQExpBuffer(query, ", %d, %d, '%s'::pg_catalog.text)", part + 1,
					  line_of(parts, part + 1), parts->digests[part]);
}

/*
 * Note something by itself, unless somebody keeps the table locked for longer
 * than that.  The first line of an error is returned as a text of the
 * caller's, or NULL: there is none.
 */
static char *
send_note(const FileRunner *runner, PQExpBuffer note, const char *limit)
{
	PGresult   *result = NULL;
	const char *error;

	appendPQExpBuffer(note, " WHERE pg_catalog.set_config('lock_timeout', "
					  "'%s', true) IS NOT NULL", limit);
	/* It may still be about to answer something else. */
	if (watch_observer_reconnect(runner->observer))
		result = watch_observer_query(runner->observer, note->data, 0, NULL);
	PQclear(result);
	resetPQExpBuffer(note);
	error = watch_observer_error(runner->observer);
	return result != NULL ? NULL :
		psprintf("%.*s", (int) strcspn(error, "\n"), error);
}

/* Note something of a whole file; a failure is shown, and ends its run. */
static bool
note_whole(const FileRunner *runner, const PlanStep *step, PQExpBuffer note,
		   const char *what, FileRun *run)
{
	char	   *error = send_note(runner, note, WHOLE_LIMIT);
	char		path[MAXPGPATH];
	char	   *message;

	if (error == NULL)
		return true;
	run_file_copy_path(path, step);
	message = psprintf("psql:%s: %s: %s\n", path, what, error);
	watch_progress_messages(runner->progress, message, strlen(message));
	pg_free(message);
	run->end = FILE_RUN_FAILED;
	run->error = error;
	return false;
}

bool
resume_part_note_whole_runs(const FileRunner *runner, const PlanStep *step,
							FileRun *run)
{
	PQExpBuffer note = createPQExpBuffer();
	PQExpBuffer path = createPQExpBuffer();
	bool		result;

	project_source_append_text(path, step->file->path, runner->is_unicode);
	resume_part_note_begins(note, runner->conn, step, path->data);
	result = note_whole(runner, step, note, FILE_RUN_NOTE, run);
	if (result)
	{
		resume_part_note_runs(note, runner->conn, step, WHOLE, "NULL", "");
		result = note_whole(runner, step, note, FILE_RUN_NOTE, run);
	}
	destroyPQExpBuffer(path);
	destroyPQExpBuffer(note);
	return result;
}

bool
resume_part_note_whole_done(const FileRunner *runner, const PlanStep *step,
							FileRun *run)
{
	PQExpBuffer note = createPQExpBuffer();
	bool		result;

	resume_part_note_over(note, runner->conn, step);
	result = note_whole(runner, step, note, "note that all of it is done",
						run);
	destroyPQExpBuffer(note);
	return result;
}

void
resume_part_note_failure(const FileRunner *runner, const PlanStep *step,
						 const FileRun *run)
{
	PQExpBuffer note;

	if (step->parts == NULL || run->end != FILE_RUN_FAILED ||
		run->error == NULL || run->is_of_note)
		return;
	note = createPQExpBuffer();
	begin_call(note, runner->conn, step, "failed");
	appendPQExpBufferStr(note, ", in_text => ");
	appendStringLiteralConn(note, run->error, runner->conn);
	appendPQExpBufferStr(note, "::pg_catalog.text)");
	pg_free(send_note(runner, note, FAILURE_LIMIT));
	destroyPQExpBuffer(note);
}
