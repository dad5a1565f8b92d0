/*-------------------------------------------------------------------------
 *
 * sandbox/mark.c
 *		How we know the databases that we have made
 *
 * The mark is the comment on the database, which only its owner can write.  It
 * has the number and the name of the database: one that was renamed, or
 * restored from a dump with its comment, is not ours to drop any more.  Anyone
 * may write anything into the comments on databases of their own, so nothing
 * in them is taken for granted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "pqexpbuffer.h"
#include "sandbox/mark.h"

/* A number in a mark, or NULL if it is none */
#define NUMBER(text, type) \
	"CASE WHEN " text " ~ '^[0-9]{1,11}$' THEN " text "::pg_catalog." type \
	" END"

/*
 * The databases with a mark.  What comes after the seventh comma is the role,
 * a colon and the name.  The server takes longer to read the definition of the
 * view pg_stat_activity than for the rest, so the function is called.
 */
#define MARKS \
"WITH comments AS MATERIALIZED (SELECT d.oid, d.datname, d.datdba," \
" pg_catalog.string_to_array(s.description, ', ') AS f" \
" FROM pg_catalog.pg_database d JOIN pg_catalog.pg_shdescription s" \
" ON s.objoid = d.oid" \
" AND s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass)," \
" rests AS MATERIALIZED (SELECT oid, datname, datdba, f," \
"  pg_catalog.array_to_string(f[8:], ', ') AS rest" \
"  FROM comments WHERE f[1] = '" SANDBOX_MARK "'" \
"  AND f[7] = oid::pg_catalog.text)," \
" marks AS (SELECT r.oid, r.datname AS name, r.f[2] AS kind," \
" r.f[3] AS digits, r.f[4] AS content, pg_catalog.to_timestamp(" \
NUMBER("r.f[5]", "float8") ") AS made, " \
NUMBER("r.f[6]", "int8") " AS session," \
" pg_catalog.left(r.rest, -2 - pg_catalog.length(r.datname)) AS by," \
" pg_catalog.pg_get_userbyid(r.datdba) AS owner," \
" (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_activity(NULL) a" \
"  WHERE a.datid = r.oid" \
"  AND a.backend_type IS DISTINCT FROM 'autovacuum worker') AS sessions," \
" pg_catalog.pg_has_role(r.datdba, 'USAGE') AS is_own, " \
SANDBOX_MARK_IS_SAFE("r.datdba") " AS is_safe" \
" FROM rests r WHERE pg_catalog.right(r.rest," \
"  2 + pg_catalog.length(r.datname)) = ': ' || r.datname) "

/* The statements that mark a database $1, to be called $2 */
static const char statements_query[] =
"SELECT pg_catalog.format('COMMENT ON DATABASE %1$I IS %2$L;"
" ALTER DATABASE %1$I RENAME TO %3$I', d.datname,"
" pg_catalog.concat_ws(', ', '" SANDBOX_MARK "', $3::pg_catalog.text,"
"  $4::pg_catalog.text, $5::pg_catalog.text, pg_catalog.floor(extract("
"  epoch FROM pg_catalog.clock_timestamp())), pg_catalog.pg_backend_pid(),"
"  d.oid, SESSION_USER || ': ' || $2::pg_catalog.text), $2::pg_catalog.text)"
" || CASE WHEN $3::pg_catalog.text = '" SANDBOX_MARK_TEMPLATE "'"
" THEN pg_catalog.format('; ALTER DATABASE %I ALLOW_CONNECTIONS false',"
" $2::pg_catalog.text) ELSE '' END"
" FROM pg_catalog.pg_database d WHERE d.datname = $1::pg_catalog.text";

PGresult *
sandbox_mark_read(PGconn *conn, const char *more, const char *condition,
				  const char *parameter)
{
	PQExpBuffer text = createPQExpBuffer();
	PGresult   *result;

	appendPQExpBuffer(text, MARKS "SELECT m.name, m.kind, m.digits,"
					  " m.content, pg_catalog.to_char(m.made,"
					  " 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM'), m.by, m.owner,"
					  " m.sessions%s FROM marks m WHERE m.kind IN ('"
					  SANDBOX_MARK_TEMPLATE "', '" SANDBOX_MARK_SANDBOX
					  "', '" SANDBOX_MARK_RUN "') AND %s"
					  " ORDER BY m.kind = '" SANDBOX_MARK_TEMPLATE "',"
					  " m.name COLLATE pg_catalog.\"C\"", more, condition);
	result = connection_query_params(conn, text->data,
									 parameter == NULL ? 0 : 1, &parameter);
	destroyPQExpBuffer(text);
	return result;
}

bool
sandbox_mark_set(PGconn *conn, const char *database, const char *name,
				 const char *kind, const char *digits, const char *content)
{
	const char *const values[] = {database, name, kind, digits, content};
	PGresult   *statements =
		connection_query_params(conn, statements_query, lengthof(values),
								values);
	PGresult   *result = NULL;

	if (statements != NULL && PQntuples(statements) == 1)
		result = connection_query(conn, PQgetvalue(statements, 0, 0));
	PQclear(result);
	PQclear(statements);
	return result != NULL;
}
