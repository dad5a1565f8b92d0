/*-------------------------------------------------------------------------
 *
 * deploy/part_note.c
 *		Notes of how far a file has come, as the extension keeps them
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "deploy/part_note.h"
#include "fe_utils/string_utils.h"

/* Append the beginning of a call: what happens, and to which patches. */
static void
begin_call(PQExpBuffer query, PGconn *conn, const PlanStep *step,
		   const char *event)
{
	int			i;

	appendPQExpBuffer(query, "SELECT _v.note_progress('%s', ARRAY[", event);
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
deploy_part_note_begins(PQExpBuffer query, PGconn *conn, const PlanStep *step,
				   const char *file)
{
	const PlanParts *parts = step->parts;

	begin_call(query, conn, step, "begins");
	appendPQExpBuffer(query, ", %d, %d, %s, ", Max(parts->cut.count, 1),
					  line_of(parts, parts->next), file);
	append_digests(query, parts);
	appendPQExpBufferChar(query, ')');
}

void
deploy_part_note_runs(PQExpBuffer query, PGconn *conn, const PlanStep *step,
				 int part, const char *relation)
{
	begin_call(query, conn, step, "runs");
	appendPQExpBuffer(query, ", %d, %d, %s, ", part + 1,
					  line_of(step->parts, Max(part, 0)), relation);
	appendPQExpBuffer(query, "'{%s}')", part == DEPLOY_PART_NOTE_WHOLE ?
					  "whole" : step->parts->digests[part]);
}

void
deploy_part_note_done(PQExpBuffer query, PGconn *conn, const PlanStep *step,
				 int part)
{
	const PlanParts *parts = step->parts;

	if (part + 1 == parts->cut.count)
	{
		deploy_part_note_over(query, conn, step);
		return;
	}
	begin_call(query, conn, step, "done");
	appendPQExpBuffer(query, ", %d, %d, '%s')", part + 1,
					  line_of(parts, part + 1), parts->digests[part]);
}

void
deploy_part_note_failed(PQExpBuffer query, PGconn *conn, const PlanStep *step,
				   const char *error)
{
	begin_call(query, conn, step, "failed");
	appendPQExpBufferStr(query, ", in_text => ");
	appendStringLiteralConn(query, error, conn);

	/* Whoever has locked the table keeps us waiting for a second at most. */
	appendPQExpBufferStr(query, "::pg_catalog.text) WHERE "
						 "pg_catalog.set_config('lock_timeout', '1s', true) "
						 "IS NOT NULL");
}

void
deploy_part_note_over(PQExpBuffer query, PGconn *conn, const PlanStep *step)
{
	begin_call(query, conn, step, "over");
	appendPQExpBufferChar(query, ')');
}
