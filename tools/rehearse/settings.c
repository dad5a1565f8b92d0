/*-------------------------------------------------------------------------
 *
 * rehearse/settings.c
 *		The settings and grants of a database, for a scratch database
 *
 * What the user is not allowed to copy is warned about and left out: mostly
 * nothing depends on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "common/logging.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "rehearse/settings.h"

/*
 * Role or NULL, name, the same as an identifier, value, and whether that is a
 * list of identifiers with their quotes
 */
static const char settings_query[] =
"SELECT CASE WHEN s.setrole <> 0 THEN pg_catalog.quote_ident("
"  pg_catalog.pg_get_userbyid(s.setrole)) END,"
" pg_catalog.split_part(c, '=', 1),"
" pg_catalog.quote_ident(pg_catalog.split_part(c, '=', 1)),"
" pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1),"
" pg_catalog.split_part(c, '=', 1) IN ('local_preload_libraries',"
"  'search_path', 'session_preload_libraries',"
"  'shared_preload_libraries', 'temp_tablespaces')"
" FROM pg_catalog.pg_db_role_setting s,"
" LATERAL pg_catalog.unnest(s.setconfig) c"
" WHERE s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d"
"  WHERE d.datname = pg_catalog.current_database())";

/* Privilege, to whom, and whether it may be passed on */
static const char grants_query[] =
"SELECT a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC'"
"  ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,"
" a.is_grantable"
" FROM pg_catalog.pg_database d,"
" LATERAL pg_catalog.aclexplode(d.datacl) a"
" WHERE d.datname = pg_catalog.current_database()"
" AND a.grantee <> d.datdba";

/* Run statements; if they fail, the message is a warning. */
static void
try_statements(PGconn *conn, const char *statements, const char *purpose)
{
	PGresult   *result = PQexec(conn, statements);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		const char *reason = PQresultErrorField(result,
												PG_DIAG_MESSAGE_PRIMARY);

		pg_log_warning("could not copy %s: %s", purpose,
					   reason == NULL ? "the server does not answer" :
					   report_printable(reason));
	}
	PQclear(result);
	if (PQtransactionStatus(conn) != PQTRANS_IDLE)
		PQclear(PQexec(conn, "ROLLBACK"));
}

/* Copy one setting; see settings_query for the row. */
static void
copy_setting(PGconn *target, const char *scratch, const PGresult *settings,
			 int row)
{
	const char *name = PQgetvalue(settings, row, 1);
	const char *value = PQgetvalue(settings, row, 3);
	bool		is_list = PQgetvalue(settings, row, 4)[0] == 't';
	PQExpBuffer text = createPQExpBuffer();
	char	   *purpose = psprintf("the setting \"%s\"",
								   report_printable(name));

	/* As one constant a list would be taken for a single element */
	if (is_list)
	{
		appendPQExpBufferStr(text,
							 "BEGIN; SELECT pg_catalog.set_config(");
		appendStringLiteralConn(text, name, target);
		appendPQExpBufferStr(text, ", ");
		appendStringLiteralConn(text, value, target);
		appendPQExpBufferStr(text, ", true); ");
	}
	if (!PQgetisnull(settings, row, 0))
		appendPQExpBuffer(text, "ALTER ROLE %s IN DATABASE ",
						  PQgetvalue(settings, row, 0));
	else
		appendPQExpBufferStr(text, "ALTER DATABASE ");
	appendPQExpBuffer(text, "%s SET %s", scratch,
					  PQgetvalue(settings, row, 2));
	if (is_list)
		appendPQExpBufferStr(text, " FROM CURRENT; COMMIT");
	else
	{
		appendPQExpBufferStr(text, " TO ");
		appendStringLiteralConn(text, value, target);
	}
	try_statements(target, text->data, purpose);
	pg_free(purpose);
	destroyPQExpBuffer(text);
}

void
rehearse_settings_grant(PGconn *conn, const char *object,
						const PGresult *grants)
{
	PQExpBuffer text = createPQExpBuffer();
	int			i;

	for (i = 0; i < PQntuples(grants); i++)
	{
		char	   *purpose;

		resetPQExpBuffer(text);
		appendPQExpBuffer(text, "GRANT %s ON %s TO %s%s",
						  PQgetvalue(grants, i, 0), object,
						  PQgetvalue(grants, i, 1),
						  PQgetvalue(grants, i, 2)[0] == 't' ?
						  " WITH GRANT OPTION" : "");
		purpose = psprintf("a grant on the %s", object);
		try_statements(conn, text->data, purpose);
		pg_free(purpose);
	}
	destroyPQExpBuffer(text);
}

void
rehearse_settings_copy(PGconn *target, const char *scratch)
{
	PGresult   *settings = connection_query(target, settings_query);
	PGresult   *grants = connection_query(target, grants_query);
	int			i;

	for (i = 0; settings != NULL && i < PQntuples(settings); i++)
		copy_setting(target, scratch, settings, i);
	if (grants != NULL)
	{
		char	   *object = psprintf("DATABASE %s", scratch);

		rehearse_settings_grant(target, object, grants);
		pg_free(object);
	}
	PQclear(settings);
	PQclear(grants);
}
