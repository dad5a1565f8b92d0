/*-------------------------------------------------------------------------
 *
 * resume/parts.c
 *		Running a file in parts, with a note of each that is done
 *
 * A part is a transaction block of the file, or a statement outside one.  It
 * is done exactly once because the note of it belongs to its transaction: it
 * is sent before the COMMIT of a block; and what is sent up to a Sync outside
 * a block is one transaction, too, so that a statement and its note are.
 *
 * That cannot be so if a statement runs in several transactions, or outside
 * any.  Then it is noted first that it runs, and what came of it is found out
 * before it is run again: see resume/repair.c.
 *
 * A session that goes on is to be as the one was that began: what that has set
 * is set again, and it is in the patch again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "fe_utils/string_utils.h"
#include "resume/part_note.h"
#include "resume/parts.h"
#include "resume/repair.h"

/* An expression: the file that the session has said it runs */
#define SOURCE_FILE \
	"pg_catalog.current_setting('versioning.source_file', true)"

/* Send a note by itself. */
static bool
send_note(SqlSession *session, PQExpBuffer note)
{
	bool		result;

	run_pipeline_add_text(session, note->data, FILE_RUN_NOTE, 0);
	result = run_pipeline_run(session);
	resetPQExpBuffer(note);
	return result;
}

/* Note that the file is run. */
static bool
note_beginning(SqlSession *session, const PlanStep *step, PQExpBuffer note)
{
	resume_part_note_begins(note, session->conn, step,
							SOURCE_FILE);
	return send_note(session, note);
}

/* Be in the patch again that is registered already. */
static bool
enter_patch(SqlSession *session, const PlanStep *step, PQExpBuffer note)
{
	const UnfinishedPatch *patch = step->parts->unfinished;

	if (patch == NULL || !patch->is_registered)
		return true;
	appendPQExpBufferStr(note, "SELECT _v.resume_patch(");
	appendStringLiteralConn(note, patch->name,
							session->conn);
	appendPQExpBufferStr(note, "::pg_catalog.text)");
	return send_note(session, note);
}

/*
 * Add what a part has set.  In a block, what was rolled back is rolled back
 * again.  Returns whether there is anything.
 */
static bool
add_settings(SqlSession *session, const PlanStep *step,
			 const ScriptPart *item)
{
	const OutlineQuery *queries = step->outline->queries;
	bool		sets = false;
	int			i;

	for (i = item->first; i < item->first + item->count; i++)
		sets |= script_parts_sets(&queries[i], &step->file->bytes);
	for (i = item->first; sets && i < item->first + item->count; i++)
		if (item->count == 1 ||
			(queries[i].kind >= STATEMENT_BEGIN &&
			 queries[i].kind <= STATEMENT_SAVEPOINT) ||
			script_parts_sets(&queries[i], &step->file->bytes))
			run_session_add_query(session, step, i);
	return sets;
}

/* Set what the parts that are done have left to their session. */
static bool
set_again(SqlSession *session, const PlanStep *step)
{
	const PlanParts *parts = step->parts;
	int			part;

	for (part = 0; part < parts->next; part++)
	{
		const ScriptPart *item = &parts->cut.items[part];

		if ((item->count == 1 || item->is_committed) &&
			add_settings(session, step, item) &&
			!run_pipeline_run(session))
			return false;
	}
	return true;
}

/* Note that a part runs, if that will not show in what it leaves behind. */
static bool
note_run(SqlSession *session, const PlanStep *step, int part,
		 PQExpBuffer note)
{
	PGconn	   *conn = session->conn;
	PQExpBufferData relation;
	PQExpBufferData leaves;

	if (!PART_IS_UNSURE(step->parts->cut.items[part].kind))
		return true;
	initPQExpBuffer(&relation);
	initPQExpBuffer(&leaves);
	resume_repair_append_relation(&relation, conn, step, part);
	resume_repair_append_leaves(&leaves, step, part);
	resume_part_note_runs(note, conn, step, part, relation.data, leaves.data);
	termPQExpBuffer(&relation);
	termPQExpBuffer(&leaves);
	return send_note(session, note);
}

/*
 * Is a part noted when it is done?  One that only sets something is run again,
 * as long as it is not all that is left.
 */
static bool
is_noted(const PlanParts *parts, int part)
{
	const ScriptPart *item = &parts->cut.items[part];

	return !item->is_left_open &&
		(item->kind != PART_IS_SETTING || part + 1 == parts->cut.count);
}

/* Run a part, with the note that it is done. */
static bool
run_part(SqlSession *session, const PlanStep *step, int part,
		 PQExpBuffer note)
{
	const ScriptPart *item = &step->parts->cut.items[part];
	int			last = item->first + item->count - 1;
	bool		is_after = !item->is_committed;
	int			i;

	if (!note_run(session, step, part, note))
		return false;
	if (is_noted(step->parts, part))
		resume_part_note_done(note, session->conn, step,
							  part);
	for (i = item->first; i < last + is_after; i++)
		run_session_add_query(session, step, i);
	if (item->kind == PART_CREATES_INDEX &&
		(!run_pipeline_run(session) ||
		 !resume_repair_check(session, step, part)))
		return false;
	if (note->len > 0)
		run_pipeline_add_text(session, note->data, FILE_RUN_NOTE, 0);
	if (!is_after)
		run_session_add_query(session, step, last);
	return run_pipeline_run(session);
}

/*
 * What was being done when the last attempt ended is found out, and mended,
 * unless the user says that it is done.  Returns false after a message;
 * "is_done" tells whether what comes next is done.
 */
static bool
repair(SqlSession *session, const PlanStep *step, bool *is_done)
{
	const PlanParts *parts = step->parts;

	*is_done = false;
	return parts->unfinished == NULL || !parts->unfinished->runs ||
		parts->next > parts->unfinished->done ||
		parts->next == parts->cut.count ||
		resume_repair(session, step, parts->next, is_done);
}

/* Run all parts that are not done. */
static bool
run_parts(SqlSession *session, const PlanStep *step)
{
	const PlanParts *parts = step->parts;
	PQExpBuffer note = createPQExpBuffer();
	bool		is_done;
	bool		result = note_beginning(session, step, note) &&
		enter_patch(session, step, note) &&
		set_again(session, step) &&
		repair(session, step, &is_done);
	int			part = parts->next;

	if (result && is_done)
	{
		resume_part_note_done(note, session->conn, step,
							  part++);
		result = send_note(session, note);
	}
	for (; result && part < parts->cut.count; part++)
	{
		resetPQExpBuffer(note);
		result = run_part(session, step, part, note);
	}
	if (result && parts->next == parts->cut.count)
	{
		resetPQExpBuffer(note);
		resume_part_note_over(note, session->conn, step);
		result = send_note(session, note);
	}
	destroyPQExpBuffer(note);
	return result;
}

void
resume_parts_run(SqlSession *session, const PlanStep *step, FileRun *run)
{
	run_session_run_work(session, step, run_parts, run);
}
