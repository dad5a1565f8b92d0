/*-------------------------------------------------------------------------
 *
 * rehearse/scratch.c
 *		A database to try something in, like another one
 *
 * It is on the same server and has the same owner (if the user may say so),
 * encoding, locale, settings and grants, and a register of the same kind.
 * Apart from that it is empty, or a copy of the template that the user names.
 *
 * Its name has the process number of the server's session that has made it.
 * That session is there until the database is dropped, unless somebody kills
 * us: so a database whose maker is gone, and in which nobody is, is left over.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "rehearse/register.h"
#include "rehearse/scratch.h"
#include "rehearse/settings.h"

static const char application_name[] = "versioning rehearse";

/* What the names of all scratch databases begin with */
#define NAME_PREFIX "versioning_rehearsal_"

/*
 * Those that are left over, and that the user may drop.  DROP DATABASE itself
 * ends an autovacuum worker.
 */
static const char leftover_query[] =
"SELECT d.datname FROM pg_catalog.pg_database d"
" WHERE d.datname ~ '^" NAME_PREFIX "[0-9]+_[0-9a-f]+$'"
" AND pg_catalog.pg_has_role(d.datdba, 'USAGE')"
" AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a"
"  WHERE a.datid = d.oid"
"  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'"
"  OR a.pid::pg_catalog.text = pg_catalog.split_part(d.datname, '_', 3))";

/* May the user create databases, and who is that? */
static const char user_query[] =
"SELECT r.rolcreatedb OR r.rolsuper, pg_catalog.quote_ident(r.rolname)"
" FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";

/*
 * What the target is like.  The columns of pg_database differ from release to
 * release, hence the detour.  %s is what allows to give something to a role.
 */
static const char properties_query[] =
"SELECT"
" CASE WHEN pg_catalog.pg_has_role(d.datdba, '%s')"
"  THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.datdba)) END,"
" pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,"
" CASE j.d->>'datlocprovider' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu'"
"  WHEN 'b' THEN 'builtin' END,"
" CASE j.d->>'datlocprovider' WHEN 'i' THEN"
"  coalesce(j.d->>'datlocale', j.d->>'daticulocale') END,"
" CASE j.d->>'datlocprovider' WHEN 'b' THEN j.d->>'datlocale' END,"
" j.d->>'daticurules'"
" FROM pg_catalog.pg_database d, LATERAL pg_catalog.to_jsonb(d) AS j (d)"
" WHERE d.datname = pg_catalog.current_database()";

/* The options of CREATE DATABASE that these are, in that order */
static const char *const property_options[] = {
	NULL, "ENCODING", "LC_COLLATE", "LC_CTYPE", "LOCALE_PROVIDER",
	"ICU_LOCALE", "BUILTIN_LOCALE", "ICU_RULES"
};

/* Make up a name that no other database has; false after a message. */
static bool
choose_name(ScratchDatabase *scratch)
{
	PGresult   *result =
		connection_query(scratch->target,
						 "SELECT pg_catalog.to_hex((pg_catalog.random() * "
						 "2147483647)::pg_catalog.int4)");

	if (result == NULL)
		return false;
	snprintf(scratch->name, sizeof(scratch->name),
			 NAME_PREFIX "%d_%s", PQbackendPID(scratch->target),
			 PQgetvalue(result, 0, 0));
	PQclear(result);
	return true;
}

/* May the user create a database?  False after a message. */
static bool
may_create(PGconn *target)
{
	PGresult   *result = connection_query(target, user_query);
	bool		is_allowed;

	if (result == NULL)
		return false;
	is_allowed = PQgetvalue(result, 0, 0)[0] == 't';
	if (!is_allowed)
	{
		pg_log_error("the role %s may not create the database that a "
					 "rehearsal takes place in",
					 report_printable(PQgetvalue(result, 0, 1)));
		fe_compat_log_hint("A superuser can allow it with ALTER ROLE %s "
						   "CREATEDB; or name another role with -U.",
						   report_printable(PQgetvalue(result, 0, 1)));
	}
	PQclear(result);
	return is_allowed;
}

/* Append the target's properties, as options of CREATE DATABASE. */
static void
append_properties(PQExpBuffer statement, PGconn *target,
				  const PGresult *properties)
{
	size_t		i;

	for (i = 0; i < lengthof(property_options); i++)
		if (property_options[i] != NULL && !PQgetisnull(properties, 0, i))
		{
			appendPQExpBuffer(statement, " %s ", property_options[i]);
			appendStringLiteralConn(statement, PQgetvalue(properties, 0, i),
									target);
		}
}

/* Create the database; false after a message. */
static bool
create_database(ScratchDatabase *scratch)
{
	PQExpBuffer text = createPQExpBuffer();
	PGresult   *properties;
	PGresult   *result = NULL;
	const char *asked = scratch->template;
	char	   *template = asked == NULL ? NULL :
		PQescapeIdentifier(scratch->target, asked, strlen(asked));

	/* Release 16 has divided being a member from being able to SET ROLE */
	appendPQExpBuffer(text, properties_query,
					  PQserverVersion(scratch->target) >= 160000 ?
					  "SET" : "MEMBER");
	properties = connection_query(scratch->target, text->data);
	if (properties != NULL)
	{
		resetPQExpBuffer(text);
		appendPQExpBuffer(text, "CREATE DATABASE %s", scratch->name);
		if (!PQgetisnull(properties, 0, 0))
			appendPQExpBuffer(text, " OWNER %s",
							  PQgetvalue(properties, 0, 0));
		appendPQExpBuffer(text, " TEMPLATE %s",
						  template != NULL ? template : "template0");
		if (template == NULL)
			append_properties(text, scratch->target, properties);
		result = connection_query(scratch->target, text->data);
	}
	PQclear(result);
	PQclear(properties);
	PQfreemem(template);
	destroyPQExpBuffer(text);
	return result != NULL;
}

/* Connect to the database that has been created; false after a message. */
static bool
connect_to_database(ScratchDatabase *scratch)
{
	scratch->conn = connection_reopen(scratch->target, scratch->name,
									  application_name);
	if (scratch->conn == NULL)
		pg_log_error("could not connect to the database \"%s\", which has "
					 "just been created", scratch->name);
	return scratch->conn != NULL;
}

ScratchDatabase *
rehearse_scratch_create(const char *argv0, const char *template,
						PGconn *target)
{
	ScratchDatabase *scratch = pg_malloc0(sizeof(ScratchDatabase));

	scratch->argv0 = argv0;
	scratch->template = template;
	scratch->target = target;
	if (!may_create(target) || !choose_name(scratch) ||
		!create_database(scratch))
	{
		pg_free(scratch);
		return NULL;
	}
	rehearse_settings_copy(target, scratch->name);
	if (connect_to_database(scratch) &&
		rehearse_register_create(argv0, target, scratch->conn))
		return scratch;
	(void) rehearse_scratch_drop(scratch);
	return NULL;
}

/* Drop a database by a connection; says nothing. */
static bool
drop(PGconn *conn, const char *name, const char *option)
{
	char		statement[128];
	PGresult   *result;
	bool		is_done;

	snprintf(statement, sizeof(statement), "DROP DATABASE IF EXISTS %s%s",
			 name, option);
	result = PQexec(conn, statement);
	is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return is_done;
}

/* Drop our database, even if somebody is connected to it by mistake. */
static bool
drop_own(PGconn *conn, const ScratchDatabase *scratch)
{
	return drop(conn, scratch->name, " WITH (FORCE)");
}

bool
rehearse_scratch_drop_leftovers(PGconn *conn)
{
	PGresult   *leftovers = connection_query(conn, leftover_query);
	int			i;

	for (i = 0; leftovers != NULL && i < PQntuples(leftovers); i++)
	{
		const char *name = PQgetvalue(leftovers, i, 0);

		if (drop(conn, name, ""))
			pg_log_info("dropped the database \"%s\", which a rehearsal that "
						"was killed had left behind", name);
		else
		{
			report_server_message(PQerrorMessage(conn));
			pg_log_warning("the database \"%s\", which a rehearsal that was "
						   "killed has left behind, is still there", name);
		}
	}
	PQclear(leftovers);
	return leftovers != NULL;
}

bool
rehearse_scratch_drop(ScratchDatabase *scratch)
{
	bool		is_done;

	connection_close(scratch->conn);
	is_done = drop_own(scratch->target, scratch);
	if (!is_done && PQstatus(scratch->target) != CONNECTION_OK)
	{
		/* The connection was lost: perhaps another one can be had */
		PGconn	   *again = connection_reopen(scratch->target, NULL,
											  application_name);

		is_done = again != NULL && drop_own(again, scratch);
		connection_close(again);
	}
	if (!is_done)
	{
		report_server_message(PQerrorMessage(scratch->target));
		pg_log_error("the database \"%s\" is left behind", scratch->name);
		fe_compat_log_hint("The next rehearsal drops it, when nobody is "
						   "connected to it any more.");
	}
	pg_free(scratch);
	return is_done;
}
