/*-------------------------------------------------------------------------
 *
 * scratch/settings.c
 *		The settings and grants of a database, for a scratch database
 *
 * The server itself writes the statements that make another database like the
 * target.  What the user is not allowed to copy is warned about and left out:
 * mostly nothing depends on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "common/logging.h"
#include "database/connection.h"
#include "scratch/settings.h"

/* The grants in a list of an object.  What the owner has, the new one has. */
#define GRANTS(object, list, owner, from, condition) \
	"SELECT 'a grant on the " object "', 'GRANT ' || a.privilege_type" \
	" || ' ON " object " TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'" \
	"  ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee))" \
	"  END || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END" \
	" FROM " from ", LATERAL pg_catalog.aclexplode(" list ") a" \
	" WHERE " condition " AND a.grantee <> " owner

/*
 * Each row of a query has what is to be copied, and the statement for it;
 * %1$s is the name of the scratch database, which needs no quotes, and %2$s
 * an expression for that of the model.  A list of identifiers with their
 * quotes would be taken for a single element if it were one constant: so it
 * is first set for a transaction.  If the privileges of the model are not
 * those of a new database, PUBLIC is to have none that are not granted.
 */
static const char database_query[] =
"SELECT 'the setting \"' || s.name || '\"', CASE WHEN s.is_list"
"  THEN 'BEGIN; SELECT pg_catalog.set_config('"
"   || pg_catalog.quote_literal(s.name) || ', '"
"   || pg_catalog.quote_literal(s.value) || ', true); '"
"   || s.change || ' FROM CURRENT; COMMIT'"
"  ELSE s.change || ' TO ' || pg_catalog.quote_literal(s.value) END"
" FROM (SELECT p.name, p.value,"
"  p.name IN ('local_preload_libraries', 'search_path',"
"   'session_preload_libraries', 'shared_preload_libraries',"
"   'temp_tablespaces') AS is_list,"
"  CASE WHEN r.setrole = 0 THEN 'ALTER DATABASE %1$s'"
"   ELSE 'ALTER ROLE ' || pg_catalog.quote_ident("
"    pg_catalog.pg_get_userbyid(r.setrole)) || ' IN DATABASE %1$s' END"
"   || ' SET ' || pg_catalog.quote_ident(p.name) AS change"
"  FROM pg_catalog.pg_db_role_setting r,"
"  LATERAL pg_catalog.unnest(r.setconfig) c,"
"  LATERAL (SELECT pg_catalog.split_part(c, '=', 1) AS name,"
"   pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) AS value) p"
"  WHERE r.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d"
"   WHERE d.datname = %2$s)) s"
" UNION ALL SELECT 'what PUBLIC may not do',"
"  'REVOKE ALL ON DATABASE %1$s FROM PUBLIC'"
" FROM pg_catalog.pg_database d"
" WHERE d.datname = %2$s AND d.datacl IS NOT NULL UNION ALL "
GRANTS("DATABASE %1$s", "d.datacl", "d.datdba", "pg_catalog.pg_database d",
	   "d.datname = %2$s");

/* The role that creates the extension has all of its schema */
static const char register_query[] =
GRANTS("SCHEMA _v", "n.nspacl", "n.nspowner", "pg_catalog.pg_namespace n",
	   "n.nspname = '_v'"
	   " AND pg_catalog.pg_get_userbyid(a.grantee) <> CURRENT_USER")
" UNION ALL "
GRANTS("TABLE _v.patches", "c.relacl", "c.relowner",
	   "pg_catalog.pg_class c"
	   " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
	   "n.nspname = '_v' AND c.relname = 'patches'");

/* Run statements; if they fail, the message is a warning. */
static void
try_statements(PGconn *conn, const char *statements, const char *purpose)
{
	PGresult   *result = PQexec(conn, statements);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		const char *reason = PQresultErrorField(result,
												PG_DIAG_MESSAGE_PRIMARY);

		pg_log_warning("could not copy %s: %s", report_printable(purpose),
					   reason == NULL ? "the server does not answer" :
					   report_printable(reason));
	}
	PQclear(result);
	if (PQtransactionStatus(conn) != PQTRANS_IDLE)
		PQclear(PQexec(conn, "ROLLBACK"));
}

/* Run the statements that a query finds in the target, about the model. */
static void
copy(PGconn *target, PGconn *conn, const char *scratch, const char *query,
	 const char *model)
{
	char	   *text = psprintf(query, scratch, model);
	PGresult   *result = connection_query(target, text);
	int			i;

	for (i = 0; result != NULL && i < PQntuples(result); i++)
		try_statements(conn, PQgetvalue(result, i, 1),
					   PQgetvalue(result, i, 0));
	PQclear(result);
	pg_free(text);
}

void
scratch_settings_copy(PGconn *target, const char *model, const char *scratch)
{
	char	   *name = model == NULL ?
		pg_strdup("pg_catalog.current_database()") : psprintf("'%s'", model);

	copy(target, target, scratch, database_query, name);
	pg_free(name);
}

void
scratch_settings_copy_register(PGconn *target, PGconn *scratch)
{
	copy(target, scratch, PQdb(scratch), register_query, "");
}
