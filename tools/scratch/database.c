/*-------------------------------------------------------------------------
 *
 * scratch/database.c
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

#include <sys/time.h>

#include "base/fe_compat.h"
#include "base/report.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "scratch/cluster.h"
#include "scratch/database.h"
#include "scratch/dump.h"
#include "scratch/settings.h"

static const char application_name[] = "versioning rehearse";

/*
 * Those that are left over, and that the user may drop.  DROP DATABASE itself
 * ends an autovacuum worker.
 */
static const char leftover_query[] =
"SELECT d.datname FROM pg_catalog.pg_database d"
" WHERE d.datname ~ '^" SCRATCH_DATABASE_PREFIX "[0-9]+_[0-9a-f]+$'"
" AND pg_catalog.pg_has_role(d.datdba, 'USAGE')"
" AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(NULL) a"
"  WHERE a.datid = d.oid"
"  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'"
"  OR a.pid::pg_catalog.text = pg_catalog.split_part(d.datname, '_', 3))";

/* Who is the user, unless databases may be created */
static const char user_query[] =
"SELECT pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_roles r"
" WHERE r.rolname = current_user AND NOT (r.rolcreatedb OR r.rolsuper)";

/*
 * What the target is like, as options of CREATE DATABASE: its owner, if a
 * database may be given to that role and dropped then, and the rest, which is
 * a template's, too.  The columns of pg_database differ from release to
 * release, hence the detour; and release 16 has divided being a member from
 * being able to SET ROLE.
 */
#define OWNER_OPTION \
	"CASE WHEN pg_catalog.pg_has_role(d.datdba, CASE WHEN" \
	"   pg_catalog.current_setting('server_version_num')::pg_catalog.int4" \
	"   >= 160000 THEN 'SET' ELSE 'MEMBER' END)" \
	"  AND pg_catalog.pg_has_role(d.datdba, 'USAGE')" \
	"  THEN ' OWNER ' || pg_catalog.quote_ident(" \
	"   pg_catalog.pg_get_userbyid(d.datdba)) END"
#define OTHER_OPTIONS \
	"pg_catalog.concat(' ENCODING ' || pg_catalog.quote_literal(" \
	"   pg_catalog.pg_encoding_to_char(d.encoding))," \
	"  ' LC_COLLATE ' || pg_catalog.quote_literal(d.datcollate)," \
	"  ' LC_CTYPE ' || pg_catalog.quote_literal(d.datctype)," \
	"  ' LOCALE_PROVIDER ' || CASE j.d->>'datlocprovider'" \
	"   WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu'" \
	"   WHEN 'b' THEN 'builtin' END," \
	"  CASE j.d->>'datlocprovider' WHEN 'i' THEN ' ICU_LOCALE '" \
	"   || pg_catalog.quote_literal(" \
	"    coalesce(j.d->>'datlocale', j.d->>'daticulocale'))" \
	"   WHEN 'b' THEN ' BUILTIN_LOCALE '" \
	"   || pg_catalog.quote_literal(j.d->>'datlocale') END," \
	"  ' ICU_RULES ' || pg_catalog.quote_literal(j.d->>'daticurules'))"
#define FROM_TARGET \
	" FROM pg_catalog.pg_database d," \
	" LATERAL pg_catalog.to_jsonb(d) AS j (d)" \
	" WHERE d.datname = pg_catalog.current_database()"

static const char options_query[] =
"SELECT " OWNER_OPTION ", " OTHER_OPTIONS FROM_TARGET;

/*
 * All that a scratch database depends on: these options, who makes it, the
 * settings and grants that it gets, the version of the extension, and the
 * settings that sessions begin with, whoever has made them: of the client, of
 * the role, of the server
 */
static const char traits_query[] =
"SELECT pg_catalog.concat_ws(E'\\n', " OWNER_OPTION ", " OTHER_OPTIONS ","
" CURRENT_USER, d.datacl,"
" (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', s.setrole,"
"   s.setconfig), E'\\n' ORDER BY s.setrole)"
"  FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid),"
" (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', s.name,"
"   pg_catalog.quote_nullable(s.reset_val)), E'\\n' ORDER BY s.name)"
"  FROM pg_catalog.pg_show_all_settings() s"
"  WHERE s.context IN ('user', 'superuser')"
"  AND s.reset_val IS DISTINCT FROM s.boot_val"
"  AND s.name <> 'application_name'),"
" (SELECT pg_catalog.concat_ws(' ', 'register', n.nspacl, c.relacl)"
"  FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c"
"   ON c.relnamespace = n.oid AND c.relname = 'patches'"
"  WHERE n.nspname = '_v'),"
" coalesce((SELECT e.extversion FROM pg_catalog.pg_extension e"
"  WHERE e.extname = 'versioning'),"
"  (SELECT a.default_version FROM pg_catalog.pg_available_extensions() a"
"   WHERE a.name = 'versioning')))" FROM_TARGET;

/* Is there a register, and which version of the extension is it, or NULL */
static const char register_query[] =
"SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
"  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
"  WHERE n.nspname = '_v' AND c.relname = 'patches'),"
" (SELECT e.extversion FROM pg_catalog.pg_extension e"
"  WHERE e.extname = 'versioning')";

static const char subscriptions_query[] =
"SELECT FROM pg_catalog.pg_subscription s"
" JOIN pg_catalog.pg_database d ON d.oid = s.subdbid"
" WHERE d.datname = '%s'";

static const char subscriptions_drop[] =
"DO $$ DECLARE s record; BEGIN"
" FOR s IN SELECT p.subname, p.subslotname"
"  FROM pg_catalog.pg_subscription p WHERE p.subdbid ="
"  (SELECT d.oid FROM pg_catalog.pg_database d"
"   WHERE d.datname = pg_catalog.current_database()) LOOP"
"  EXECUTE pg_catalog.format('ALTER SUBSCRIPTION %1$I DISABLE;"
"   ALTER SUBSCRIPTION %1$I SET (slot_name = NONE);"
"   DROP SUBSCRIPTION %1$I', s.subname);"
"  IF s.subslotname IS NOT NULL THEN RAISE WARNING 'subscription \"%\" of the"
" scratch database has named the replication slot \"%\", which is left as it"
" is', s.subname, s.subslotname; END IF;"
" END LOOP; END $$";

bool
scratch_database_is_possible(PGconn *conn)
{
	return connection_is_direct(conn, "it takes a session of its own to "
								"create databases");
}

/* May the user create a database?  False after a message. */
static bool
may_create(PGconn *target)
{
	PGresult   *result = connection_query(target, user_query);
	bool		is_allowed = result != NULL && PQntuples(result) == 0;

	if (result != NULL && !is_allowed)
	{
		const char *role = report_printable(PQgetvalue(result, 0, 0));

		pg_log_error("the role %s may not create the database that is "
					 "needed", role);
		fe_compat_log_hint("A superuser can allow it with ALTER ROLE %s "
						   "CREATEDB; or name another role with -U.", role);
	}
	PQclear(result);
	return is_allowed;
}

/*
 * Create the database, by a name that no other has.  Returns false after a
 * message, unless it is an attempt.
 */
static bool
create_database(ScratchDatabase *scratch, const char *template,
				const char *options, bool is_attempt)
{
	PGconn	   *target = scratch->target;
	struct timeval now;
	PGresult   *result;
	char	   *text;
	bool		is_done;

	gettimeofday(&now, NULL);
	snprintf(scratch->name, sizeof(scratch->name),
			 SCRATCH_DATABASE_PREFIX "%d_%x%05x", PQbackendPID(target),
			 (unsigned int) now.tv_sec, (unsigned int) now.tv_usec);
	text = psprintf("CREATE DATABASE %s TEMPLATE %s%s", scratch->name,
					template, options);
	result = PQexec(target, text);
	is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!is_done && !is_attempt && may_create(target))
		report_server_message(PQresultErrorMessage(result));
	PQclear(result);
	pg_free(text);
	return is_done;
}

/*
 * Create the database like the target, or a copy of the model if that is not
 * NULL.  Returns false after a message.
 */
static bool
create_like_target(ScratchDatabase *scratch, const char *model)
{
	PGconn	   *target = scratch->target;
	PGresult   *options = connection_query(target, options_query);
	char	   *template = model == NULL ? NULL :
		PQescapeIdentifier(target, model, strlen(model));
	bool		is_done = false;

	if (model != NULL && template == NULL)
		report_server_message(PQerrorMessage(target));
	else if (options != NULL)
	{
		char	   *text = psprintf("%s%s", PQgetvalue(options, 0, 0),
									model != NULL ? "" :
									PQgetvalue(options, 0, 1));

		is_done = create_database(scratch,
								  model == NULL ? "template0" : template,
								  text, false);
		pg_free(text);
	}
	PQfreemem(template);
	PQclear(options);
	return is_done;
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

/* Create the extension, of the version given or, if NULL, the default one. */
static bool
create_extension(PGconn *scratch, const char *version)
{
	PQExpBuffer text = createPQExpBuffer();
	bool		is_done;

	appendPQExpBufferStr(text, "CREATE EXTENSION versioning");
	if (version != NULL)
	{
		appendPQExpBufferStr(text, " VERSION ");
		appendStringLiteralConn(text, version, scratch);
	}
	is_done = connection_execute(scratch, text->data, 0, NULL);
	destroyPQExpBuffer(text);
	return is_done;
}

/*
 * Copy a register that a script has created: all of its schema, but no rows.
 * Only a superuser can give objects to others.
 */
static bool
copy_schema(const char *argv0, PGconn *target, PGconn *scratch)
{
	const char *superuser = PQparameterStatus(target, "is_superuser");
	const char *encoding = PQparameterStatus(target, "server_encoding");
	char	   *options = psprintf("--schema=_v --encoding=%s%s", encoding,
								   superuser != NULL &&
								   strcmp(superuser, "on") == 0 ? "" :
								   " --no-owner");
	char	   *dump = scratch_dump_take(argv0, target, options);
	bool		is_done;

	/* There is no data in it, so it is nothing but statements */
	is_done = dump != NULL && PQsetClientEncoding(scratch, encoding) == 0 &&
		connection_execute(scratch, dump, 0, NULL);
	if (dump != NULL && !is_done)
		fe_compat_log_hint("The schema _v cannot be copied. With --template, "
						   "begin with a database that has one.");
	pg_free(dump);
	pg_free(options);
	return is_done && connection_reset(scratch);
}

/* Create a register like that of the target; false after a message. */
static bool
create_register(const char *argv0, PGconn *target, PGconn *scratch)
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
		scratch_settings_copy_register(target, scratch);
	}
	else if (PQgetvalue(model, 0, 0)[0] == 't')
		is_done = copy_schema(argv0, target, scratch);
	else
		is_done = create_extension(scratch, NULL);
	PQclear(own);
	PQclear(model);
	return is_done;
}

/* Free what we know of it, and say what has changed outside meanwhile. */
static void
forget(ScratchDatabase *scratch)
{
	if (scratch->cluster != NULL && PQstatus(scratch->target) == CONNECTION_OK)
		scratch_cluster_compare(scratch->target, scratch->cluster);
	PQclear(scratch->cluster);
	pg_free(scratch);
}

ScratchDatabase *
scratch_database_create(const char *argv0, const char *template,
						PGconn *target)
{
	ScratchDatabase *scratch = pg_malloc0(sizeof(ScratchDatabase));

	scratch->target = target;
	scratch->cluster = scratch_cluster_note(target);
	if (scratch->cluster == NULL || !create_like_target(scratch, template))
	{
		forget(scratch);
		return NULL;
	}
	scratch_settings_copy(target, NULL, scratch->name);
	if (connect_to_database(scratch) &&
		create_register(argv0, target, scratch->conn))
		return scratch;
	(void) scratch_database_drop(scratch);
	return NULL;
}

/*
 * Have the server share the files of a copy with the template, if it and the
 * file system can.  Returns whether it will try.
 */
static bool
set_copy_method(PGconn *conn, const char *method)
{
	char		text[64];
	PGresult   *result;
	bool		is_set;

	if (PQserverVersion(conn) < 180000)
		return false;
	snprintf(text, sizeof(text), "SET file_copy_method = %s", method);
	result = PQexec(conn, text);
	is_set = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return is_set;
}

/* Copy the files of a template, or share them; false after a message. */
static bool
copy_files(ScratchDatabase *scratch, const char *template,
		   const char *options)
{
	PGconn	   *target = scratch->target;

	if (set_copy_method(target, "clone"))
	{
		bool		is_done = create_database(scratch, template, options,
											  true);

		(void) set_copy_method(target, "copy");
		if (is_done)
			return true;
	}
	return create_database(scratch, template, options, false);
}

ScratchDatabase *
scratch_database_copy(const char *template, const char *owner,
					  bool has_settings, PGconn *target)
{
	ScratchDatabase *scratch = pg_malloc0(sizeof(ScratchDatabase));
	char	   *options = psprintf(" OWNER %s%s", owner,
								   PQserverVersion(target) < 150000 ? "" :
								   " STRATEGY FILE_COPY");

	scratch->target = target;
	if (!copy_files(scratch, template, options))
	{
		pg_free(scratch);
		scratch = NULL;
	}
	else if (has_settings)
		scratch_settings_copy(target, template, scratch->name);
	pg_free(options);
	return scratch;
}

char *
scratch_database_describe(PGconn *target)
{
	PGresult   *traits = connection_query(target, traits_query);
	char	   *text = traits == NULL ? NULL :
		pg_strdup(PQgetvalue(traits, 0, 0));

	PQclear(traits);
	return text;
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

bool
scratch_database_drop_leftovers(PGconn *conn)
{
	PGresult   *leftovers = connection_query(conn, leftover_query);
	int			i;

	for (i = 0; leftovers != NULL && i < PQntuples(leftovers); i++)
	{
		const char *name = PQgetvalue(leftovers, i, 0);

		if (drop(conn, name, ""))
			pg_log_info("dropped the database \"%s\", which was left behind "
						"when its maker was killed", name);
		else
		{
			report_server_message(PQerrorMessage(conn));
			pg_log_warning("the database \"%s\", which was left behind when "
						   "its maker was killed, is still there", name);
		}
	}
	PQclear(leftovers);
	return leftovers != NULL;
}

/* Are there any subscriptions in it, and can we see to them? */
static bool
has_subscriptions(const ScratchDatabase *scratch)
{
	char		query[256];
	PGresult   *result;
	bool		has_any;

	if (scratch->conn == NULL)
		return false;
	snprintf(query, sizeof(query), subscriptions_query, scratch->name);
	result = PQexec(scratch->target, query);
	has_any = PQntuples(result) > 0;
	PQclear(result);
	return has_any;
}

/*
 * Drop the subscriptions of a scratch database, without which it can be
 * dropped.  The slot that one names may be that of another database.
 */
static void
drop_subscriptions(PGconn *conn)
{
	if (PQtransactionStatus(conn) != PQTRANS_IDLE)
		PQclear(PQexec(conn, "ROLLBACK"));
	PQclear(PQexec(conn, "SET session_replication_role = replica"));
	PQclear(PQexec(conn, subscriptions_drop));
}

bool
scratch_database_drop(ScratchDatabase *scratch)
{
	/* Even if somebody is connected to it by mistake */
	static const char option[] = " WITH (FORCE)";
	bool		is_done;

	if (has_subscriptions(scratch))
		drop_subscriptions(scratch->conn);
	connection_close(scratch->conn);
	is_done = drop(scratch->target, scratch->name, option);
	if (!is_done && PQstatus(scratch->target) != CONNECTION_OK)
	{
		/* The connection was lost: perhaps another one can be had */
		PGconn	   *again = connection_reopen(scratch->target, NULL,
											  application_name);

		is_done = again != NULL && drop(again, scratch->name, option);
		connection_close(again);
	}
	if (!is_done)
	{
		report_server_message(PQerrorMessage(scratch->target));
		pg_log_error("the database \"%s\" is left behind", scratch->name);
		fe_compat_log_hint("The next rehearsal or sandbox drops it, when "
						   "nobody is connected to it any more.");
	}
	forget(scratch);
	return is_done;
}

void
scratch_database_release(ScratchDatabase *scratch)
{
	connection_close(scratch->conn);
	forget(scratch);
}
