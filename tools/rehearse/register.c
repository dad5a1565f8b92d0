/*-------------------------------------------------------------------------
 *
 * rehearse/register.c
 *		A register in a scratch database, like that of another one
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "rehearse/dump.h"
#include "rehearse/register.h"
#include "rehearse/settings.h"

/* Is there a register, and which version of the extension is it, or NULL */
static const char register_query[] =
"SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
"  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
"  WHERE n.nspname = '_v' AND c.relname = 'patches'),"
" (SELECT e.extversion FROM pg_catalog.pg_extension e"
"  WHERE e.extname = 'versioning')";

/*
 * As in rehearse/settings.c; what the owner has, the new one has, and the role
 * that creates the extension there has all of it
 */
static const char schema_grants_query[] =
"SELECT a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC'"
"  ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,"
" a.is_grantable"
" FROM pg_catalog.pg_namespace n,"
" LATERAL pg_catalog.aclexplode(n.nspacl) a"
" WHERE n.nspname = '_v' AND a.grantee <> n.nspowner"
" AND pg_catalog.pg_get_userbyid(a.grantee) <> CURRENT_USER";

static const char table_grants_query[] =
"SELECT a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC'"
"  ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,"
" a.is_grantable"
" FROM pg_catalog.pg_class c"
" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,"
" LATERAL pg_catalog.aclexplode(c.relacl) a"
" WHERE n.nspname = '_v' AND c.relname = 'patches'"
" AND a.grantee <> c.relowner";

/* Repeat the grants that a query finds in the target. */
static void
copy_grants(PGconn *target, PGconn *scratch, const char *query,
			const char *object)
{
	PGresult   *grants = connection_query(target, query);

	if (grants != NULL)
		rehearse_settings_grant(scratch, object, grants);
	PQclear(grants);
}

/* Create the extension, of the version given or, if NULL, the default one. */
static bool
create_extension(PGconn *scratch, const char *version)
{
	PQExpBuffer text = createPQExpBuffer();
	PGresult   *result;

	appendPQExpBufferStr(text, "CREATE EXTENSION versioning");
	if (version != NULL)
	{
		appendPQExpBufferStr(text, " VERSION ");
		appendStringLiteralConn(text, version, scratch);
	}
	result = connection_query(scratch, text->data);
	PQclear(result);
	destroyPQExpBuffer(text);
	return result != NULL;
}

/*
 * Copy a register that a script has created: all of its schema, but no rows.
 * Only a superuser can give objects to others.
 */
static bool
copy_schema(const char *argv0, PGconn *target, PGconn *scratch)
{
	const char *superuser = PQparameterStatus(target, "is_superuser");
	bool		is_superuser = superuser != NULL &&
		strcmp(superuser, "on") == 0;
	const char *encoding = PQparameterStatus(target, "server_encoding");
	char	   *encoding_argument = psprintf("--encoding=%s", encoding);
	const char *const arguments[] = {
		"--schema=_v", encoding_argument,
		is_superuser ? NULL : "--no-owner", NULL
	};
	char	   *dump = rehearse_dump_take(argv0, target, arguments);
	PGresult   *result = NULL;

	/* There is no data in it, so it is nothing but statements */
	if (dump != NULL && PQsetClientEncoding(scratch, encoding) == 0)
		result = connection_query(scratch, dump);
	if (dump != NULL && result == NULL)
		fe_compat_log_hint("The schema _v cannot be copied. With --template, "
						   "begin with a database that has one.");
	PQclear(result);
	pg_free(dump);
	pg_free(encoding_argument);
	return result != NULL && connection_reset(scratch);
}

bool
rehearse_register_create(const char *argv0, PGconn *target, PGconn *scratch)
{
	PGresult   *own = connection_query(scratch, register_query);
	PGresult   *model = connection_query(target, register_query);
	bool		is_done = false;

	if (own == NULL || model == NULL)
		;						/* there has been a message */
	else if (PQgetvalue(own, 0, 0)[0] == 't')
		is_done = true;
	else if (!PQgetisnull(model, 0, 1))
	{
		is_done = create_extension(scratch, PQgetvalue(model, 0, 1));
		copy_grants(target, scratch, schema_grants_query, "SCHEMA _v");
		copy_grants(target, scratch, table_grants_query, "TABLE _v.patches");
	}
	else if (PQgetvalue(model, 0, 0)[0] == 't')
		is_done = copy_schema(argv0, target, scratch);
	else
		is_done = create_extension(scratch, NULL);
	PQclear(own);
	PQclear(model);
	return is_done;
}
