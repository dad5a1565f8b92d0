/*-------------------------------------------------------------------------
 *
 * resume/repair.c
 *		What came of a part that was not noted as done
 *
 * What says CONCURRENTLY runs in several transactions.  If it fails, or the
 * server or we are killed meanwhile, it leaves an index that is not valid, or
 * a partition that is about to be detached.  And it may be done, while nobody
 * was there any more to note that.  All of it can be looked up.
 *
 * Which indexes the table had before was noted when the statement began, and
 * how one is called that the statement may leave behind.  One that is called
 * so, was not there then, is not valid, and is not being built, is its: no
 * other statement of the patch ran since.  It is dropped, and the statement is
 * run again.  One that is valid is what the statement was to make if it is
 * defined alike; that is seen by comparing it with the index that the same
 * statement makes on an empty copy of the table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <ctype.h>

#include "base/report.h"
#include "fe_utils/string_utils.h"
#include "plan/resume.h"
#include "resume/repair.h"
#include "script/target.h"

/* A part that is looked after */
typedef struct Repair
{
	SqlSession *session;
	PGconn	   *conn;
	const ScriptPart *part;
	char	   *after;			/* a command that goes on after it */
	const UnfinishedPatch *patch;
	ScriptTarget target;
	PQExpBuffer query;
} Repair;

/* Append a call of to_regclass(). */
static void
append_regclass(PQExpBuffer query, PGconn *conn, const char *name)
{
	appendPQExpBufferStr(query, "pg_catalog.to_regclass(");
	appendStringLiteralConn(query, name, conn);
	appendPQExpBufferChar(query, ')');
}

void
resume_repair_append_relation(PQExpBuffer query, PGconn *conn,
							  const PlanStep *step, int part)
{
	ScriptTarget target;

	script_target_read(step->outline, &step->file->bytes,
					   &step->parts->cut.items[part], &target);
	if (target.relation.len == 0)
		appendPQExpBufferStr(query, "NULL");
	else
	{
		appendPQExpBufferStr(query,
							 "(SELECT pg_catalog.format('%I.%I', n.nspname, "
							 "c.relname) FROM pg_catalog.pg_class c JOIN "
							 "pg_catalog.pg_namespace n ON n.oid = "
							 "c.relnamespace WHERE c.oid = ");
		append_regclass(query, conn, target.relation.data);
		appendPQExpBufferChar(query, ')');
	}
	script_target_free(&target);
}

/* Append a name as a pattern that nothing else matches. */
static void
append_name_pattern(PQExpBuffer pattern, const char *name)
{
	appendPQExpBufferChar(pattern, '^');
	for (; *name != '\0'; name++)
	{
		if (!isalnum((unsigned char) *name) && !IS_HIGHBIT_SET(*name))
			appendPQExpBufferChar(pattern, '\\');
		appendPQExpBufferChar(pattern, *name);
	}
	appendPQExpBufferChar(pattern, '$');
}

void
resume_repair_append_leaves(PQExpBuffer pattern, const PlanStep *step,
							int part)
{
	const ScriptPart *item = &step->parts->cut.items[part];
	ScriptTarget target;

	script_target_read(step->outline, &step->file->bytes, item, &target);
	if (item->kind == PART_REINDEXES)
		appendPQExpBufferStr(pattern, "_cc(new|old)[0-9]*$");
	else if (target.name.len > 0)
		append_name_pattern(pattern, target.name.data);
	else if (item->kind == PART_CREATES_INDEX)
		appendPQExpBufferChar(pattern, '.');
	script_target_free(&target);
}

/*
 * Append a condition: the index i is on the table that the statement was
 * about, or on a partition or the TOAST table of it, was not there before, and
 * is called as one that the statement leaves behind.  Only REINDEX may be
 * about no table.
 */
static void
append_is_new(const Repair *repair)
{
	PQExpBuffer query = repair->query;

	appendPQExpBufferStr(query,
						 "c.relkind = 'i' AND "
						 "pg_catalog.format('%I.%I', n.nspname, c.relname) "
						 "<> ALL (");
	appendStringLiteralConn(query, repair->patch->indexes, repair->conn);
	appendPQExpBufferStr(query, "::pg_catalog.text[]) AND c.relname ~ ");
	appendStringLiteralConn(query, repair->patch->leaves, repair->conn);
	appendPQExpBufferStr(query, " AND ");
	if (repair->patch->relation[0] == '\0')
		appendPQExpBufferStr(query,
							 "c.relname ~ '_cc(new|old)[0-9]*$'");
	else
	{
		appendPQExpBufferStr(query, "i.indrelid IN (SELECT "
							 "_v.related_tables(");
		appendStringLiteralConn(query, repair->patch->relation, repair->conn);
		appendPQExpBufferStr(query, "))");
	}
}

/* Ask, with the query that was made. */
static PGresult *
ask(const Repair *repair)
{
	return run_pipeline_ask(repair->session, repair->query->data,
							repair->part->end_line);
}

/* Run a statement of ours.  Returns false after a message. */
static bool
run(const Repair *repair, const char *statement)
{
	run_pipeline_add_text(repair->session, statement, NULL,
						  repair->part->end_line);
	return run_pipeline_run(repair->session);
}

/* Drop an index, unless somebody builds it. */
static bool
drop_index(const Repair *repair, const char *name, const char *builder)
{
	char	   *text;
	bool		result;

	if (builder[0] != '\0')
	{
		run_pipeline_complain(repair->session, repair->part->end_line,
							  "index %s is not valid, and process %s "
							  "builds an index of the same table: wait "
							  "until that has ended", name, builder);
		return false;
	}
	text = psprintf("dropping index %s, which the last attempt has left "
					"behind", report_printable(name));
	watch_progress_say(repair->session->runner->progress, text);
	pg_free(text);
	text = psprintf("DROP INDEX CONCURRENTLY IF EXISTS %s", name);
	result = run(repair, text);
	pg_free(text);
	return result;
}

/* Drop the indexes that the last attempt has left behind. */
static bool
drop_leftovers(const Repair *repair)
{
	PGresult   *result;
	bool		is_good = true;
	int			i;

	resetPQExpBuffer(repair->query);
	appendPQExpBufferStr(repair->query,
						 "SELECT pg_catalog.format('%I.%I', n.nspname, "
						 "c.relname), (SELECT pg_catalog.min(l.pid) "
						 "FROM pg_catalog.pg_stat_progress_create_index p "
						 "JOIN pg_catalog.pg_locks l ON l.pid = p.pid "
						 "AND l.relation = i.indrelid AND l.granted "
						 "WHERE p.datname = pg_catalog.current_database() "
						 "AND p.pid <> pg_catalog.pg_backend_pid()) "
						 "FROM pg_catalog.pg_index i "
						 "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
						 "JOIN pg_catalog.pg_namespace n "
						 "ON n.oid = c.relnamespace "
						 "WHERE NOT i.indisvalid AND ");
	append_is_new(repair);
	appendPQExpBufferStr(repair->query, " ORDER BY 1");
	result = ask(repair);
	if (result == NULL)
		return false;
	for (i = 0; is_good && i < PQntuples(result); i++)
		is_good = drop_index(repair, PQgetvalue(result, i, 0),
							 PQgetvalue(result, i, 1));
	PQclear(result);
	return is_good;
}

/*
 * All by which the definitions of two indexes can differ, but for names; it
 * ends with the condition that says which index, and the parenthesis that is
 * open then
 */
#define DEFINITION(index) \
	"(SELECT ROW(i.indisunique, pg_catalog.to_jsonb(i) -> " \
	"'indnullsnotdistinct', c.relam, i.indnkeyatts, i.indclass::" \
	"pg_catalog.text, i.indcollation::pg_catalog.text, i.indoption::" \
	"pg_catalog.text, pg_catalog.pg_get_expr(i.indexprs, i.indrelid), " \
	"pg_catalog.pg_get_expr(i.indpred, i.indrelid), c.reloptions, " \
	"ARRAY(SELECT a.attname FROM " \
	"pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY " \
	"AS k (number, place) LEFT JOIN pg_catalog.pg_attribute a " \
	"ON a.attrelid = i.indrelid AND a.attnum = k.number " \
	"ORDER BY k.place))::pg_catalog.text FROM pg_catalog.pg_index i " \
	"JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE " index

/* Make an empty copy of the table, with the index.  False after a message. */
static bool
make_copy(const Repair *repair)
{
	PQExpBuffer query = repair->query;
	const ScriptTarget *target = &repair->target;

	if (!run(repair, "BEGIN"))
		return false;
	resetPQExpBuffer(query);
	appendPQExpBuffer(query, "CREATE TEMPORARY TABLE %s (LIKE %s)",
					  target->relation.data + target->last,
					  target->relation.data);
	if (!run(repair, query->data))
		return false;
	resetPQExpBuffer(query);
	appendPQExpBuffer(query, "CREATE %sINDEX ON pg_temp.%s %.*s",
					  target->is_unique ? "UNIQUE " : "",
					  target->relation.data + target->last,
					  (int) target->rest_length, target->rest);
	return run(repair, query->data);
}

/*
 * Which of the indexes is defined like that of the copy, if any is?  That
 * cannot be found out if the statement names the table once more, say.
 */
static bool
compare_with_copy(const Repair *repair, const PGresult *indexes, int *found,
				  bool *is_compared)
{
	const ScriptTarget *target = &repair->target;
	char	   *copy = psprintf("pg_temp.%s",
								target->relation.data + target->last);
	bool		is_good = make_copy(repair);
	int			i;

	*found = -1;
	for (i = 0; is_good && *found < 0 && i < PQntuples(indexes); i++)
	{
		PGresult   *result;

		resetPQExpBuffer(repair->query);
		appendPQExpBuffer(repair->query,
						  "SELECT " DEFINITION("i.indexrelid = %s)") " = "
						  DEFINITION("i.indrelid = "),
						  PQgetvalue(indexes, i, 0));
		append_regclass(repair->query, repair->conn, copy);
		appendPQExpBufferChar(repair->query, ')');
		result = ask(repair);
		is_good = result != NULL;
		if (is_good && PQgetvalue(result, 0, 0)[0] == 't')
			*found = i;
		PQclear(result);
	}
	pg_free(copy);
	*is_compared = is_good;
	return run(repair, "ROLLBACK");
}

/*
 * An index is there that the statement did not make, or may not have made.
 * Returns false after a message.
 */
static bool
refuse_index(const Repair *repair, const char *definition, bool is_compared)
{
	if (is_compared)
		run_pipeline_complain(repair->session, repair->part->end_line,
							  "there is a valid index of that name, but "
							  "with another definition than here: %s: drop "
							  "it, or leave it and run %s",
							  definition, repair->after);
	else
		run_pipeline_complain(repair->session, repair->part->end_line,
							  "there is a valid index, and it cannot be "
							  "found out whether it was made here: %s: if "
							  "it was, run %s; else drop it",
							  definition, repair->after);
	return false;
}

/*
 * Was the index created, all of it?  Only one is looked at that was not there
 * before, and is called as it should be.
 */
static bool
find_created(const Repair *repair, bool *is_done)
{
	PGresult   *indexes;
	int			found = -1;
	bool		is_compared = true;
	bool		is_good = true;

	resetPQExpBuffer(repair->query);
	appendPQExpBufferStr(repair->query,
						 "SELECT c.oid, pg_catalog.pg_get_indexdef(c.oid) "
						 "FROM pg_catalog.pg_index i "
						 "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
						 "JOIN pg_catalog.pg_namespace n "
						 "ON n.oid = c.relnamespace "
						 "WHERE i.indisvalid AND ");
	append_is_new(repair);
	indexes = ask(repair);
	if (indexes == NULL)
		return false;
	if (PQntuples(indexes) > 0)
		is_good = compare_with_copy(repair, indexes, &found, &is_compared);
	*is_done = found >= 0;
	if (is_good && !*is_done && PQntuples(indexes) > 0 &&
		(!is_compared || repair->target.name.len > 0))
		is_good = refuse_index(repair, PQgetvalue(indexes, 0, 1),
							   is_compared);
	PQclear(indexes);
	return is_good;
}

/*
 * Is the index gone?  It is the one that was meant when the statement began:
 * another schema of the search_path may have one of that name, too.
 */
static bool
find_dropped(const Repair *repair, bool *is_done)
{
	PGresult   *result;

	if (repair->patch->relation[0] == '\0')
		return true;
	resetPQExpBuffer(repair->query);
	appendPQExpBufferStr(repair->query, "SELECT ");
	append_regclass(repair->query, repair->conn, repair->patch->relation);
	appendPQExpBufferStr(repair->query, " IS NULL");
	result = ask(repair);
	*is_done = result != NULL && PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return result != NULL;
}

/* Is it no partition any more?  If it is about to be none, finish that. */
static bool
find_detached(const Repair *repair, bool *is_done)
{
	const ScriptTarget *target = &repair->target;
	PGresult   *result;
	bool		is_good;

	resetPQExpBuffer(repair->query);
	appendPQExpBufferStr(repair->query,
						 "SELECT i.inhdetachpending FROM "
						 "pg_catalog.pg_class c LEFT JOIN "
						 "pg_catalog.pg_inherits i ON i.inhrelid = c.oid "
						 "AND i.inhparent = ");
	append_regclass(repair->query, repair->conn, target->relation.data);
	appendPQExpBufferStr(repair->query, " WHERE c.oid = ");
	append_regclass(repair->query, repair->conn, target->partition.data);
	result = ask(repair);
	if (result == NULL)
		return false;
	is_good = true;
	*is_done = PQntuples(result) > 0 &&
		(PQgetisnull(result, 0, 0) || PQgetvalue(result, 0, 0)[0] == 't');
	if (*is_done && !PQgetisnull(result, 0, 0))
	{
		resetPQExpBuffer(repair->query);
		appendPQExpBuffer(repair->query,
						  "ALTER TABLE %s DETACH PARTITION %s FINALIZE",
						  target->relation.data, target->partition.data);
		is_good = run(repair, repair->query->data);
	}
	PQclear(result);
	return is_good;
}

/* Find out whether the part is done. */
static bool
find_done(const Repair *repair, bool *is_done)
{
	switch (repair->part->kind)
	{
		case PART_CREATES_INDEX:
			return find_created(repair, is_done);
		case PART_DROPS_INDEX:
			return find_dropped(repair, is_done);
		case PART_DETACHES:
			return find_detached(repair, is_done);
		default:
			return true;
	}
}

/* Begin to look after a part. */
static void
begin(Repair *repair, SqlSession *session, const PlanStep *step, int part)
{
	repair->session = session;
	repair->conn = session->conn;
	repair->part = &step->parts->cut.items[part];
	repair->patch = step->parts->unfinished;
	repair->after = repair->patch == NULL ? NULL :
		plan_resume_command_after(step, part, repair->patch->name);
	repair->query = createPQExpBuffer();
	script_target_read(step->outline, &step->file->bytes, repair->part,
					   &repair->target);
}

/* End that. */
static void
end(Repair *repair)
{
	script_target_free(&repair->target);
	destroyPQExpBuffer(repair->query);
	pg_free(repair->after);
}

bool
resume_repair(SqlSession *session, const PlanStep *step, int part,
			  bool *is_done)
{
	Repair		repair;
	bool		is_good = true;

	begin(&repair, session, step, part);
	*is_done = false;
	if (repair.patch->leaves[0] != '\0')
		is_good = drop_leftovers(&repair);
	if (is_good && part == repair.patch->done &&
		strcmp(repair.patch->running, step->parts->digests[part]) == 0)
		is_good = find_done(&repair, is_done);
	end(&repair);
	return is_good;
}

bool
resume_repair_check(SqlSession *session, const PlanStep *step, int part)
{
	Repair		repair;
	PGresult   *result = NULL;
	bool		is_good = true;

	begin(&repair, session, step, part);
	if (repair.target.if_not_exists)
	{
		appendPQExpBufferStr(repair.query,
							 "SELECT pg_catalog.format('%I.%I', n.nspname, "
							 "c.relname) FROM pg_catalog.pg_index i "
							 "JOIN pg_catalog.pg_class c "
							 "ON c.oid = i.indexrelid "
							 "JOIN pg_catalog.pg_namespace n "
							 "ON n.oid = c.relnamespace "
							 "JOIN pg_catalog.pg_class t "
							 "ON t.relnamespace = n.oid AND t.oid = ");
		append_regclass(repair.query, repair.conn,
						repair.target.relation.data);
		appendPQExpBufferStr(repair.query,
							 " WHERE NOT i.indisvalid AND c.relname = ");
		appendStringLiteralConn(repair.query, repair.target.name.data,
								repair.conn);
		result = ask(&repair);
		is_good = result != NULL && PQntuples(result) == 0;
	}
	if (result != NULL && !is_good)
		run_pipeline_complain(session, repair.part->end_line,
							  "index %s was there before, and is not "
							  "valid: drop it, then it is created",
							  PQgetvalue(result, 0, 0));
	PQclear(result);
	end(&repair);
	return is_good;
}
