/*-------------------------------------------------------------------------
 *
 * database/connection.c
 *		A connection to the database, and how psql gets the same one
 *
 * The first connection is made as every client of PostgreSQL does it.  What
 * comes after it, ours or of psql and pg_dump, is to lead to the same server
 * even where the user named several: so it is made from what libpq says
 * about the first one, and pinned to the host that this one has found.  The
 * server has answered once: if it does not any more, we do not wait for ever,
 * nor longer than until we are asked to stop.
 *
 * Whoever may create objects in a schema of the search_path could have us call
 * functions and operators of theirs, so the search_path of our own connections
 * is empty: what is not in pg_catalog is named with its schema.  The
 * sessions in which patches run have the search_path that the user wants.
 *
 * Whoever has named the application, as PGAPPNAME does, is to find that name
 * in the activity of the server and in history: ours comes after it.
 *
 * Programs get their connection on the command line, where everyone can see
 * it.  A password has no place there, nor in the environment, which ps shows
 * as well: it is handed down in a file that has no name any more, which libpq
 * takes for a password file.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/nameless_file.h"
#include "base/report.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"

/* What stands between the user's application_name and ours */
#define NAME_SEPARATOR ": versioning"

/* How many seconds a server that has answered before has to do so again */
#define CONNECT_TIMEOUT "30"

/* Room for the settings of the first connection, and the NULL after them */
#define SETTINGS 7

/*
 * Make the first connection, with a password or NULL.  Never NULL: whether
 * it has succeeded is for the caller to see.
 */
static PGconn *
connect_as_asked(const ConnectionOptions *options,
				 const char *application_name)
{
	/* As in psql: what is in a conninfo string outdoes the options */
	const char *const keywords[SETTINGS] = {
		"host", "port", "user", "password", "dbname",
		"fallback_application_name", NULL
	};
	const char *const values[SETTINGS] = {
		options->host, options->port, options->user, options->password,
		options->dbname, application_name, NULL
	};
	PGconn	   *conn = PQconnectdbParams(keywords, values, true);

	if (conn == NULL)
	{
		pg_log_error("out of memory");
		exit(EXIT_FAILURE);
	}
	return conn;
}

/* What a connection was made with, or NULL. */
static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val;
	return NULL;
}

/*
 * How long is the name that the user has given the application?  The first
 * connection has it as it was given, later ones may have ours after it.
 */
static int
given_name_length(const PQconninfoOption *options, const char *name)
{
	const char *end;

	if (name == NULL)
		return 0;
	if (option_value(options, "fallback_application_name") != NULL)
		return strlen(name);
	end = strstr(name, NAME_SEPARATOR);
	return end == NULL ? 0 : end - name;
}

/*
 * The application_name of a connection like that one: the user's, if there is
 * one, as far as there is room for it in the server, and ours.  The caller
 * frees it.
 */
static char *
make_application_name(PGconn *like, const char *own)
{
	PQconninfoOption *options = PQconninfo(like);
	const char *name = option_value(options, "application_name");
	int			room = NAMEDATALEN - 1 - (int) strlen(": ") -
		(int) strlen(own);
	int			length = Min(given_name_length(options, name), room);
	char	   *result = length <= 0 ? pg_strdup(own) :
		psprintf("%.*s: %s", length, name, own);
	char	   *p;

	/* Nor does the server keep any other character */
	for (p = result; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	PQconninfoFree(options);
	return result;
}

/*
 * Append the setting of the name of the first connection: libpq has our name
 * only for users who have given none.
 */
static void
append_name_setting(PQExpBuffer query, PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn);
	const char *own = option_value(options, "fallback_application_name");
	char	   *name = own == NULL ? NULL : make_application_name(conn, own);
	char	   *literal = name == NULL ? NULL :
		PQescapeLiteral(conn, name, strlen(name));

	if (literal != NULL)
		appendPQExpBuffer(query, "pg_catalog.set_config("
						  "'application_name', %s, is_lent), ", literal);
	PQfreemem(literal);
	pg_free(name);
	PQconninfoFree(options);
}

/*
 * Make a session ours: empty its search_path, have the server not end it for
 * being idle nor keep it from writing, and plan only once what is prepared.
 * After a connection pooler, which makes up the process number that it tells
 * us, the session is lent: so this is for one transaction there, which
 * connection_close() ends.  Returns false if that fails, and then
 * PQerrorMessage() says why.
 */
static bool
prepare_session(PGconn *conn)
{
	PQExpBuffer query = createPQExpBuffer();
	PGresult   *result;
	bool		is_done;

	appendPQExpBufferStr(query, "SELECT pg_catalog.pg_backend_pid(), ");
	append_name_setting(query, conn);
	appendPQExpBuffer(query,
					  "pg_catalog.set_config('search_path', '', is_lent), "
					  "pg_catalog.set_config('idle_session_timeout', '0', "
					  "is_lent), "
					  "pg_catalog.set_config('default_transaction_read_only', "
					  "'off', is_lent), "
					  "pg_catalog.set_config('plan_cache_mode', "
					  "'force_generic_plan', is_lent) "
					  "FROM pg_catalog.int4ne(pg_catalog.pg_backend_pid(), "
					  "%d) AS is_lent",
					  PQbackendPID(conn));
	result = PQexec(conn, query->data);
	destroyPQExpBuffer(query);
	is_done = PQresultStatus(result) == PGRES_TUPLES_OK;
	if (is_done && atoi(PQgetvalue(result, 0, 0)) != PQbackendPID(conn))
	{
		PQclear(result);
		result = PQexec(conn, "BEGIN; SELECT "
						"pg_catalog.set_config('search_path', '', true)");
		is_done = PQresultStatus(result) == PGRES_TUPLES_OK;
	}
	PQclear(result);
	return is_done;
}

/* Is the connection there, and can it be made one of ours? */
static bool
is_ready(PGconn *conn)
{
	return PQstatus(conn) == CONNECTION_OK && prepare_session(conn);
}

PGconn *
connection_open(ConnectionOptions *options, const char *application_name)
{
	PGconn	   *conn;

	if (options->prompt == PASSWORD_ALWAYS && options->password == NULL)
		options->password = fe_compat_ask_password("Password: ");

	conn = connect_as_asked(options, application_name);
	if (PQstatus(conn) != CONNECTION_OK && PQconnectionNeedsPassword(conn) &&
		options->password == NULL && options->prompt != PASSWORD_NEVER)
	{
		PQfinish(conn);
		options->password = fe_compat_ask_password("Password: ");
		conn = connect_as_asked(options, application_name);
	}
	if (is_ready(conn))
		return conn;
	report_server_message(PQerrorMessage(conn));
	PQfinish(conn);
	return NULL;
}

/* Add a setting to a conninfo string. */
static void
append_setting(PQExpBuffer conninfo, const char *keyword, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	appendPQExpBuffer(conninfo, "%s%s=", conninfo->len > 0 ? " " : "",
					  keyword);
	appendConnStrVal(conninfo, value);
}

/*
 * Does the setting say what libpq does without it?  It writes the default of
 * sslcertmode, and of no other, among what it was asked for.
 */
static bool
is_default(const PQconninfoOption *option)
{
	if (option->compiled != NULL)
		return strcmp(option->val, option->compiled) == 0;
	return strcmp(option->keyword, "sslcertmode") == 0 &&
		strcmp(option->val, "allow") == 0;
}

/* Is the setting one that a connection to the same server takes over? */
static bool
is_carried_over(const PQconninfoOption *option)
{
	static const char *const own[] = {
		"host", "hostaddr", "port", "dbname", "service", "servicefile",
		"password", "sslpassword", "target_session_attrs",
		"load_balance_hosts", "application_name", "fallback_application_name"
	};
	size_t		i;

	if (option->val == NULL || is_default(option))
		return false;
	for (i = 0; i < lengthof(own); i++)
		if (strcmp(option->keyword, own[i]) == 0)
			return false;
	return true;
}

/* Is it the password file where libpq looks in any case? */
static bool
is_default_passfile(const PQconninfoOption *option)
{
	char		home[MAXPGPATH];
	char		path[MAXPGPATH];

	if (strcmp(option->keyword, "passfile") != 0 || !get_home_path(home))
		return false;
	snprintf(path, sizeof(path), "%s/.pgpass", home);
	return strcmp(option->val, path) == 0;
}

/* The value that a setting of a connection has for others, or NULL. */
static const char *
setting_for_others(PGconn *like, const PQconninfoOption *option,
				   const char *dbname)
{
	if (strcmp(option->keyword, "host") == 0)
		return PQhost(like);
	if (strcmp(option->keyword, "port") == 0)
		return PQport(like);
	if (strcmp(option->keyword, "dbname") == 0)
		return dbname;

	/* Of a secret, or what is for experts, libpq says that it is not shown */
	return is_carried_over(option) && option->dispchar[0] == '\0' &&
		!is_default_passfile(option) ? option->val : NULL;
}

PQconninfoOption *
connection_settings(PGconn *like, const char *dbname)
{
	PQconninfoOption *options = PQconninfo(like);
	PQconninfoOption *option;

	for (option = options; option->keyword != NULL; option++)
	{
		const char *value = setting_for_others(like, option, dbname);
		char	   *copy = value == NULL ? NULL : strdup(value);

		free(option->val);
		option->val = copy;
	}
	return options;
}

/*
 * Append the conninfo string, without passwords, of a connection to the same
 * server as the given one, and to the given database or, if NULL, the same.
 * A host name is kept beside its address: certificates are checked by it.
 */
static void
append_conninfo(PQExpBuffer conninfo, PGconn *like, const char *dbname,
				const char *application_name)
{
	PQconninfoOption *options = PQconninfo(like);
	const PQconninfoOption *option;
	char	   *name = make_application_name(like, application_name);

	/* What the user has said comes later, and outdoes this */
	append_setting(conninfo, "connect_timeout", CONNECT_TIMEOUT);
	for (option = options; option->keyword != NULL; option++)
		if (is_carried_over(option))
			append_setting(conninfo, option->keyword, option->val);
	PQconninfoFree(options);

	append_setting(conninfo, "host", PQhost(like));
	append_setting(conninfo, "hostaddr", PQhostaddr(like));
	append_setting(conninfo, "port", PQport(like));
	append_setting(conninfo, "dbname", dbname != NULL ? dbname : PQdb(like));
	append_setting(conninfo, "application_name", name);
	pg_free(name);
}

/* The connect_timeout of a connection in milliseconds, or -1: for ever. */
static int
connect_timeout(PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn);
	const PQconninfoOption *option;
	int			seconds = 0;

	for (option = options; option->keyword != NULL; option++)
		if (strcmp(option->keyword, "connect_timeout") == 0 &&
			option->val != NULL)
			seconds = atoi(option->val);
	PQconninfoFree(options);
	return seconds <= 0 ? -1 : Min(seconds, INT_MAX / 1000) * 1000;
}

/*
 * Wait until libpq can go on with connecting.  Returns false when the time is
 * over (-1: never), or one more signal asks us to stop.
 */
static bool
wait_for_socket(PGconn *conn, PostgresPollingStatusType status, int64 until,
				int signals)
{
	struct pollfd descriptors[] = {
		{interruption_descriptor(), POLLIN, 0},
		{PQsocket(conn), status == PGRES_POLLING_READING ? POLLIN : POLLOUT, 0}
	};

	while (interruption_count() == signals)
	{
		int64		left = until < 0 ? -1 :
			Max(until - clock_milliseconds(), 0);

		(void) poll(descriptors, lengthof(descriptors), (int) left);
		if (descriptors[0].revents > 0)
			interruption_drain();
		if (descriptors[1].revents != 0 || left == 0)
			return descriptors[1].revents != 0;
	}
	return false;
}

/*
 * Connect, within the connection's connect_timeout and until one more signal
 * asks us to stop.  Never NULL: whether it has succeeded is for the caller to
 * see.
 */
static PGconn *
connect_in_time(const char *conninfo)
{
	PGconn	   *conn = PQconnectStart(conninfo);
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;
	int			signals = interruption_count();
	int			timeout;
	int64		until;

	if (PQstatus(conn) == CONNECTION_BAD)
		return conn;
	timeout = connect_timeout(conn);
	until = timeout < 0 ? -1 : clock_milliseconds() + timeout;
	while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED &&
		   wait_for_socket(conn, status, until, signals))
		status = PQconnectPoll(conn);
	return conn;
}

/*
 * Connect once more to the server of a connection (which may be broken by
 * now), to the given database or, if NULL, to the same, within the given time
 * in seconds, if it is not NULL.  Never NULL: whether it has succeeded is for
 * the caller to see.
 */
static PGconn *
connect_again(PGconn *like, const char *dbname, const char *application_name,
			  const char *timeout)
{
	PQExpBuffer conninfo = createPQExpBuffer();
	PGconn	   *conn;

	append_conninfo(conninfo, like, dbname, application_name);
	append_setting(conninfo, "password", PQpass(like));
	append_setting(conninfo, "connect_timeout", timeout);
	conn = connect_in_time(conninfo->data);
	destroyPQExpBuffer(conninfo);
	return conn;
}

void
connection_report_failure(PGconn *conn)
{
	if (PQstatus(conn) == CONNECTION_OK || PQstatus(conn) == CONNECTION_BAD)
		report_server_message(PQerrorMessage(conn));
	else if (interruption_count() == 0)
		pg_log_error("the server does not answer when we connect once more");
}

PGconn *
connection_reopen(PGconn *like, const char *dbname,
				  const char *application_name)
{
	PGconn	   *conn = connect_again(like, dbname, application_name, NULL);

	if (is_ready(conn))
		return conn;
	PQfinish(conn);
	return NULL;
}

PGconn *
connection_reopen_soon(PGconn *like, const char *application_name)
{
	PGconn	   *conn = connect_again(like, NULL, application_name, "2");

	if (is_ready(conn))
		return conn;
	PQfinish(conn);
	return NULL;
}

PGconn *
connection_open_again(PGconn *like, const char *application_name)
{
	PGconn	   *conn = connect_again(like, NULL, application_name, NULL);

	if (is_ready(conn))
		return conn;
	connection_report_failure(conn);
	PQfinish(conn);
	return NULL;
}

PGconn *
connection_open_for_patches(PGconn *like, const char *application_name)
{
	return connect_again(like, NULL, application_name, NULL);
}

/*
 * A password file that has no name: returns its descriptor, which programs
 * that we start inherit, or -1 after a message.
 */
static int
make_password_file(const char *password)
{
	PQExpBuffer line = createPQExpBuffer();
	int			fd;

	appendPQExpBufferStr(line, "*:*:*:*:");
	for (; *password != '\0'; password++)
	{
		if (*password == ':' || *password == '\\')
			appendPQExpBufferChar(line, '\\');
		appendPQExpBufferChar(line, *password);
	}
	appendPQExpBufferChar(line, '\n');

	fd = nameless_file_create(line->data);
	destroyPQExpBuffer(line);
	return fd;
}

ConnectionHandover *
connection_hand_over(PGconn *conn, const char *dbname,
					 const char *application_name)
{
	ConnectionHandover *handover = pg_malloc(sizeof(ConnectionHandover));
	PQExpBuffer conninfo = createPQExpBuffer();
	const char *password = PQpass(conn);
	const char *inherited = getenv("PGPASSWORD");

	append_conninfo(conninfo, conn, dbname, application_name);
	handover->password_fd = -1;
	if (password != NULL && password[0] != '\0' &&
		(inherited == NULL || strcmp(inherited, password) != 0))
	{
		handover->password_fd = make_password_file(password);
		appendPQExpBuffer(conninfo, " passfile=/dev/fd/%d",
						  handover->password_fd);
		if (handover->password_fd < 0)
		{
			destroyPQExpBuffer(conninfo);
			pg_free(handover);
			return NULL;
		}
	}
	handover->conninfo = pg_strdup(conninfo->data);
	destroyPQExpBuffer(conninfo);
	return handover;
}

void
connection_handover_free(ConnectionHandover *handover)
{
	if (handover->password_fd >= 0)
		close(handover->password_fd);
	pg_free(handover->conninfo);
	pg_free(handover);
}

/* The result of a query, or NULL after a message if it has failed. */
static PGresult *
check_result(PGconn *conn, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return result;
	report_server_message(PQerrorMessage(conn));
	PQclear(result);
	return NULL;
}

PGresult *
connection_query(PGconn *conn, const char *query)
{
	return check_result(conn, PQexec(conn, query));
}

PGresult *
connection_query_params(PGconn *conn, const char *query, int count,
						const char *const *values)
{
	return check_result(conn, PQexecParams(conn, query, count, NULL, values,
										   NULL, NULL, 0));
}

bool
connection_reset(PGconn *conn)
{
	PGresult   *result = connection_query(conn, "DISCARD ALL");

	if (result == NULL)
		return false;
	PQclear(result);
	if (prepare_session(conn))
		return true;
	report_server_message(PQerrorMessage(conn));
	return false;
}

void
connection_close(PGconn *conn)
{
	PGTransactionStatusType status = PQtransactionStatus(conn);

	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		PQclear(PQexec(conn, "COMMIT"));
	PQfinish(conn);
}

bool
connection_is_pooled(PGconn *conn, bool *is_pooled)
{
	static const char query[] = "SELECT pg_catalog.pg_backend_pid()";
	PGresult   *result = connection_query(conn, query);

	if (result == NULL)
		return false;
	*is_pooled = atoi(PQgetvalue(result, 0, 0)) != PQbackendPID(conn);
	PQclear(result);
	return true;
}
