/*-------------------------------------------------------------------------
 *
 * sandbox/mark.c
 *		How we know the databases that we have made
 *
 * The mark is the comment on the database, which only its owner can write.  It
 * has the number and the name of the database: one that was renamed, or
 * restored from a dump with its comment, is not ours to drop any more.  The
 * comment is read by a pattern, as anyone may write anything into those on
 * their own databases.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "database/connection.h"
#include "pqexpbuffer.h"
#include "sandbox/mark.h"

/*
 * The databases with a mark.  What comes after "for " is the role, a colon and
 * the name.
 */
#define MARKS \
"WITH marks AS (SELECT d.oid, d.datname AS name," \
" c.m[1] AS kind, c.m[2] AS digits, c.m[3] AS content," \
" pg_catalog.to_timestamp(c.m[4]::pg_catalog.float8) AS made," \
" c.m[5]::pg_catalog.int8 AS session," \
" pg_catalog.left(c.m[7], -2 - pg_catalog.length(d.datname)) AS by," \
" pg_catalog.pg_get_userbyid(d.datdba) AS owner," \
" (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a" \
"  WHERE a.datid = d.oid" \
"  AND a.backend_type IS DISTINCT FROM 'autovacuum worker') AS sessions," \
" pg_catalog.pg_has_role(d.datdba, 'USAGE') AS is_own," \
" EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = d.datdba" \
"  AND (r.rolsuper OR r.rolname = CURRENT_USER OR r.oid =" \
"   (SELECT t.datdba FROM pg_catalog.pg_database t" \
"    WHERE t.datname = pg_catalog.current_database()))) AS is_trusted" \
" FROM pg_catalog.pg_database d, LATERAL (SELECT pg_catalog.regexp_match(" \
"  pg_catalog.shobj_description(d.oid, 'pg_database')," \
"  '^Made by versioning, which may drop it \\((template|sandbox|run) " \
"([0-9a-f]{16}): ([a-z ]*), ([0-9]{1,11}), session ([0-9]{1,10}), " \
"database ([0-9]{1,10})\\) for (.*)$') AS m) c" \
" WHERE c.m[6] = d.oid::pg_catalog.text" \
" AND pg_catalog.right(c.m[7], 2 + pg_catalog.length(d.datname))" \
"  = ': ' || d.datname) "

/* The statements that mark a database $1, to be called $2 */
static const char statements_query[] =
"SELECT pg_catalog.format('COMMENT ON DATABASE %1$I IS %2$L;"
" ALTER DATABASE %1$I RENAME TO %3$I', d.datname,"
" pg_catalog.format('Made by versioning, which may drop it"
" (%s %s: %s, %s, session %s, database %s) for %s: %s', $3::pg_catalog.text,"
" $4::pg_catalog.text, $5::pg_catalog.text, pg_catalog.floor(extract("
"  epoch FROM pg_catalog.clock_timestamp())), pg_catalog.pg_backend_pid(),"
" d.oid, SESSION_USER, $2::pg_catalog.text), $2::pg_catalog.text)"
" || CASE WHEN $3::pg_catalog.text = '" SANDBOX_MARK_TEMPLATE "'"
" THEN pg_catalog.format('; ALTER DATABASE %I ALLOW_CONNECTIONS false',"
" $2::pg_catalog.text) ELSE '' END"
" FROM pg_catalog.pg_database d WHERE d.datname = $1::pg_catalog.text";

/* Run a query with parameters; NULL after a message. */
static PGresult *
query(PGconn *conn, const char *text, int count, const char *const *values)
{
	PGresult   *result = PQexecParams(conn, text, count, NULL, values, NULL,
									  NULL, 0);

	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return result;
	report_server_message(PQerrorMessage(conn));
	PQclear(result);
	return NULL;
}

PGresult *
sandbox_mark_read(PGconn *conn, const char *more, const char *condition,
				  const char *parameter)
{
	PQExpBuffer text = createPQExpBuffer();
	PGresult   *result;

	appendPQExpBuffer(text, MARKS "SELECT m.name, m.kind, m.digits,"
					  " m.content, pg_catalog.to_char(m.made,"
					  " 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM'), m.by, m.owner,"
					  " m.sessions%s FROM marks m WHERE %s"
					  " ORDER BY m.kind = '" SANDBOX_MARK_TEMPLATE "',"
					  " m.name COLLATE pg_catalog.\"C\"", more, condition);
	result = query(conn, text->data, parameter == NULL ? 0 : 1, &parameter);
	destroyPQExpBuffer(text);
	return result;
}

bool
sandbox_mark_set(PGconn *conn, const char *database, const char *name,
				 const char *kind, const char *digits, const char *content)
{
	const char *const values[] = {database, name, kind, digits, content};
	PGresult   *statements = query(conn, statements_query, lengthof(values),
								   values);
	PGresult   *result = NULL;

	if (statements != NULL && PQntuples(statements) == 1)
		result = connection_query(conn, PQgetvalue(statements, 0, 0));
	PQclear(result);
	PQclear(statements);
	return result != NULL;
}
