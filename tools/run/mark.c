/*-------------------------------------------------------------------------
 *
 * run/mark.c
 *		Put patches into the register, or take them out, and run nothing
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "run/mark.h"
#include "run/origin.h"

/*
 * The functions, with as many parameters as each takes.  Their types are
 * written out, so that no other function of that name fits better.
 */
static const char *const queries[] = {
	[MARK_APPLIED] = "SELECT _v.mark_patch($1::pg_catalog.text, "
	"$2::pg_catalog.text[], $3::pg_catalog.text[])",
	[MARK_NOT_APPLIED] = "SELECT _v.unmark_patch($1::pg_catalog.text)",
	[MARK_ACCEPTED] = "SELECT _v.accept_patch($1::pg_catalog.text)"
};
static const int parameters[] = {
	[MARK_APPLIED] = 3, [MARK_NOT_APPLIED] = 1, [MARK_ACCEPTED] = 1
};

/* Run a command of the transaction; false after a message. */
static bool
run(PGconn *conn, const char *command)
{
	PGresult   *result = connection_query(conn, command);

	PQclear(result);
	return result != NULL;
}

/* Is this what a parameter of the connection says? */
static bool
is_utf8(PGconn *conn, const char *parameter)
{
	const char *value = PQparameterStatus(conn, parameter);

	return value != NULL && strcmp(value, "UTF8") == 0;
}

/* The digest of a file, with what it includes; false if it cannot be had. */
static bool
find_digest(const ProjectFile *file, SourceDigest digest)
{
	return project_digest(file, digest) &&
		project_source_add_includes(&project_outline(file)->includes, digest);
}

/* Tell the session which file it is about, and who we are. */
static bool
tell_source(PGconn *conn, const Mark *mark)
{
	const ProjectFile *file = mark->file;
	bool		is_unicode = is_utf8(conn, "client_encoding") &&
		is_utf8(conn, "server_encoding");
	PQExpBuffer query = createPQExpBuffer();
	SourceDigest digest;
	bool		is_done;

	/* Another file may have had a revision */
	appendPQExpBufferStr(query, "RESET versioning.revision; SELECT ");
	if (file == NULL)
		appendPQExpBufferStr(query, "1");
	else
		project_source_append(query, file->path,
							  find_digest(file, digest) ?
							  (const SourceDigest *) &digest : NULL,
							  is_unicode);
	run_origin_append(query, file == NULL ? NULL : file->path, is_unicode);
	is_done = run(conn, query->data);
	destroyPQExpBuffer(query);
	return is_done;
}

/* Names as an array; the caller destroys the text. */
static PQExpBuffer
make_array(const SimpleStringList *names)
{
	PQExpBuffer text = createPQExpBuffer();
	const SimpleStringListCell *cell = names->head;

	appendPQExpBufferChar(text, '{');
	for (; cell != NULL; cell = cell->next)
	{
		if (cell != names->head)
			appendPQExpBufferChar(text, ',');
		appendPGArray(text, cell->val);
	}
	appendPQExpBufferChar(text, '}');
	return text;
}

/* Call the function for a patch; false after a message. */
static bool
call(PGconn *conn, MarkKind kind, const Mark *mark)
{
	static const SimpleStringList nothing = {NULL, NULL};
	PQExpBuffer requirements =
		make_array(mark->call == NULL ? &nothing : &mark->call->requirements);
	PQExpBuffer conflicts =
		make_array(mark->call == NULL ? &nothing : &mark->call->conflicts);
	const char *values[] = {mark->name, requirements->data, conflicts->data};
	PGresult   *result = connection_query_params(conn, queries[kind],
												 parameters[kind], values);

	PQclear(result);
	destroyPQExpBuffer(conflicts);
	destroyPQExpBuffer(requirements);
	return result != NULL;
}

bool
run_mark(PGconn *conn, MarkKind kind, const Mark *marks, int count)
{
	bool		is_done = run(conn, "BEGIN");
	int			i;

	for (i = 0; i < count && is_done; i++)
		is_done = tell_source(conn, &marks[i]) && call(conn, kind, &marks[i]);
	if (is_done)
		return run(conn, "COMMIT");
	PQclear(PQexec(conn, "ROLLBACK"));
	return false;
}
