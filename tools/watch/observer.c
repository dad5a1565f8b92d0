/*-------------------------------------------------------------------------
 *
 * watch/observer.c
 *		A look at the database from outside the session that runs files
 *
 * It sees what is committed, and nothing else.  As a rule psql is busy with
 * something else while we look, so that it costs no time.
 *
 * The connection may be lost, as when the server has crashed: it is made anew,
 * if the server comes back soon enough.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>

#include "base/buffer.h"
#include "base/interruption.h"
#include "base/report.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "watch/blockers.h"
#include "watch/observer.h"

/* In milliseconds: for how long to try to reconnect, and how often */
#define RECONNECT_WITHIN 10000
#define RECONNECT_EVERY 200

/* The same since we were asked to stop: when to give up */
#define WAIT_WHEN_STOPPING 7000
#define RECONNECT_WHEN_STOPPING 5000

static const char names_query[] = "SELECT patch_name FROM _v.patches";

/*
 * How many of some names are registered, and a mark that changes whenever what
 * new sessions begin with does.
 */
static const char look_name[] = "versioning_look";
static const char look_query[] =
"SELECT (SELECT pg_catalog.count(*) FROM _v.patches "
"WHERE patch_name OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])), "
"(SELECT pg_catalog.concat(pg_catalog.count(*), '.', "
"pg_catalog.max(xmin::pg_catalog.text::pg_catalog.int8)) "
"FROM pg_catalog.pg_db_role_setting)";

/* Whom a backend waits for is asked often, so it is planned once. */
static const char blockers_name[] = "versioning_blockers";

/* The connection to ask. */
static PGconn *
connection(const Observer *source)
{
	return source->own != NULL ? source->own : source->given;
}

/*
 * Wait until a result can be had.  Returns false if we were asked to stop long
 * enough ago.
 */
static bool
wait_for_result(PGconn *conn)
{
	while (PQisBusy(conn))
	{
		if (interruption_age() > WAIT_WHEN_STOPPING)
			return false;
		if (interruption_poll(PQsocket(conn), POLLIN,
							  interruption_count() > 0 ? 100 : -1) != 0 &&
			!PQconsumeInput(conn))
			return true;
	}
	return true;
}

/* The last result of what was asked, or NULL if there is none. */
static PGresult *
last_result(PGconn *conn)
{
	PGresult   *result = NULL;
	PGresult   *next;

	while (wait_for_result(conn) && (next = PQgetResult(conn)) != NULL)
	{
		PQclear(result);
		result = next;
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return result;
	PQclear(result);
	return NULL;
}

/* If an answer is still to come, it is no longer wanted. */
static void
forget_question(Observer *source)
{
	if (source->is_asked || source->is_asked_aside)
		PQclear(last_result(connection(source)));
	source->is_asked = false;
	source->is_asked_aside = false;
}

PGresult *
watch_observer_query(const Observer *source, const char *query, int count,
					 const char *const *values)
{
	PGconn	   *conn = connection(source);

	if (PQsendQueryParams(conn, query, count, NULL, values, NULL, NULL,
						  0) != 1)
		return NULL;
	return last_result(conn);
}

bool
watch_observer_is_connected(const Observer *source)
{
	return PQstatus(connection(source)) == CONNECTION_OK;
}

/* Replace the connection.  Returns false if the server does not take it. */
static bool
connect_anew(Observer *source)
{
	PGconn	   *conn = connection_reopen_soon(source->given, "versioning");

	if (conn == NULL)
		return false;
	if (source->own != NULL)
		connection_close(source->own);
	source->own = conn;
	source->is_asked = source->is_asked_aside = false;
	source->is_prepared = source->is_prepared_for_blockers = false;
	return true;
}

void
watch_observer_revive(Observer *source)
{
	if (!watch_observer_is_connected(source))
		(void) connect_anew(source);
}

bool
watch_observer_reconnect(Observer *source)
{
	int			waited;

	forget_question(source);
	for (waited = 0; waited < RECONNECT_WITHIN &&
		 interruption_age() < RECONNECT_WHEN_STOPPING;
		 waited += RECONNECT_EVERY)
	{
		PGresult   *result;

		result = watch_observer_query(source, "SELECT 1", 0, NULL);
		PQclear(result);
		if (result != NULL)
			return true;
		if (interruption_age() >= RECONNECT_WHEN_STOPPING)
			return false;

		if (!connect_anew(source))
			pg_usleep(RECONNECT_EVERY * 1000L);
	}
	return false;
}

PGresult *
watch_observer_names(const Observer *source)
{
	return watch_observer_query(source, names_query, 0, NULL);
}

const char *
watch_observer_error(const Observer *source)
{
	return PQerrorMessage(connection(source));
}

char *
watch_observer_array(const PlanStep *step)
{
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	appendPQExpBufferChar(&text, '{');
	for (i = 0; i < step->name_count; i++)
		appendPGArray(&text, step->names[i]);
	appendPQExpBufferChar(&text, '}');
	return buffer_finish(&text);
}

/* Prepare a statement with one parameter, unless it is. */
static void
prepare(Observer *source, bool *is_prepared, const char *name,
		const char *query)
{
	PGconn	   *conn = connection(source);

	if (!*is_prepared && PQsendPrepare(conn, name, query, 1, NULL) == 1)
		PQclear(last_result(conn));
	*is_prepared = true;
}

void
watch_observer_ask_blockers(Observer *source, int pid)
{
	char		number[32];
	const char *values[1];

	if (source->is_asked || source->is_asked_aside)
		return;
	prepare(source, &source->is_prepared_for_blockers, blockers_name,
			watch_blockers_query);
	snprintf(number, sizeof(number), "%d", pid);
	values[0] = number;
	source->is_asked = PQsendQueryPrepared(connection(source), blockers_name,
										   1, values, NULL, NULL, 0) == 1;
}

PGresult *
watch_observer_blockers(Observer *source)
{
	PGconn	   *conn = connection(source);

	if (!source->is_asked || PQconsumeInput(conn) != 1 || PQisBusy(conn))
		return NULL;
	source->is_asked = false;
	return last_result(conn);
}

PGresult *
watch_observer_look(Observer *source, const PGresult *blockers)
{
	const char *values[DEPLOY_BLOCKERS_PARAMETERS];

	forget_question(source);
	watch_blockers_parameters(blockers, values);
	return watch_observer_query(source, watch_blockers_look,
								DEPLOY_BLOCKERS_PARAMETERS, values);
}

void
watch_observer_prepare(Observer *source, const char *name, const char *query)
{
	PGconn	   *conn = connection(source);

	/* To plan it takes longer than to run it, and to compile it much more. */
	PQclear(watch_observer_query(source, "SELECT pg_catalog.set_config("
								 "'plan_cache_mode', 'force_generic_plan', "
								 "false), pg_catalog.set_config("
								 "'jit', 'off', false)", 0, NULL));
	if (PQsendPrepare(conn, name, query, 1, NULL) == 1)
		PQclear(last_result(conn));
}

void
watch_observer_ask_aside(Observer *source, const char *name,
						 const char *number)
{
	source->is_asked_aside =
		PQsendQueryPrepared(connection(source), name, 1, &number, NULL, NULL,
							0) == 1;
}

bool
watch_observer_answer_aside(Observer *source, bool waits, PGresult **result)
{
	PGconn	   *conn = connection(source);

	if (!waits && PQconsumeInput(conn) == 1 && PQisBusy(conn))
		return false;
	source->is_asked_aside = false;
	*result = last_result(conn);
	return true;
}

void
watch_observer_ask(Observer *source, const PlanStep *step)
{
	PGconn	   *conn = connection(source);
	char	   *names = watch_observer_array(step);
	const char *values[1];

	forget_question(source);
	values[0] = names;
	prepare(source, &source->is_prepared, look_name, look_query);
	/* If anything is wrong, there is no answer, and it is asked again. */
	(void) PQsendQueryPrepared(conn, look_name, 1, values, NULL, NULL, 0);
	pg_free(names);
}

/* Read the answer.  Returns false if there is none. */
static bool
read_answer(Observer *source, int *registered, bool *has_new_settings)
{
	PGresult   *result = last_result(connection(source));
	const char *settings;

	if (result == NULL)
		return false;
	*registered = atoi(PQgetvalue(result, 0, 0));
	settings = PQgetvalue(result, 0, 1);
	*has_new_settings = source->role_settings == NULL ||
		strcmp(settings, source->role_settings) != 0;
	if (*has_new_settings)
	{
		pg_free(source->role_settings);
		source->role_settings = pg_strdup(settings);
	}
	PQclear(result);
	return true;
}

bool
watch_observer_answer(Observer *source, const PlanStep *step,
					  int *registered, bool *has_new_settings)
{
	if (read_answer(source, registered, has_new_settings))
		return true;
	if (!watch_observer_reconnect(source))
		return false;
	source->is_prepared = false;
	watch_observer_ask(source, step);
	return read_answer(source, registered, has_new_settings);
}

bool
watch_observer_open(Observer *source, PGconn *conn)
{
	static const PlanStep nothing = {0};
	int			registered;
	bool		has_new_settings;

	memset(source, 0, sizeof(*source));
	source->given = conn;
	source->before = watch_observer_names(source);
	if (source->before == NULL)
	{
		report_server_message(PQerrorMessage(conn));
		return false;
	}
	prepare(source, &source->is_prepared_for_blockers, blockers_name,
			watch_blockers_query);
	watch_observer_ask(source, &nothing);
	if (read_answer(source, &registered, &has_new_settings))
		return true;
	report_server_message(PQerrorMessage(conn));
	return false;
}

void
watch_observer_close(Observer *source)
{
	if (source->own != NULL)
		connection_close(source->own);
	PQclear(source->before);
	pg_free(source->role_settings);
}
