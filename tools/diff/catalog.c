/*-------------------------------------------------------------------------
 *
 * diff/catalog.c
 *		What there is in a database, as a snapshot
 *
 * All questions are sent at once, to both databases, and answered in a
 * transaction that reads only, with one snapshot: so the slower one of two
 * servers says how long it takes.
 *
 * What prints an expression opens the relation that it is about, as pg_dump
 * does: so an ALTER TABLE may be in the way, and we wait no longer for it than
 * the user wants; and one may wait for us until we have read all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>

#include "base/array.h"
#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "database/connection.h"
#include "diff/catalog.h"
#include "diff/queries.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"

static const char lock_not_available[] = "55P03";

/*
 * What the server prints must not depend on the settings of a session.  Nor
 * does a policy make us call what users have written.
 */
static const char settings_query[] =
"SELECT set_config('search_path', '', true),"
" set_config('quote_all_identifiers', 'off', true),"
" set_config('standard_conforming_strings', 'on', true),"
" set_config('statement_timeout', '0', true),"
" set_config('row_security', 'off', true),"
" set_config('jit', 'off', true),"
" set_config('TimeZone', 'UTC', true),"
" set_config('DateStyle', 'ISO, YMD', true),"
" set_config('IntervalStyle', 'postgres', true),"
" set_config('extra_float_digits', '1', true),"
" set_config('bytea_output', 'hex', true),"
" set_config('xmloption', 'content', true),"
" set_config('lc_monetary', 'C', true)";

/* What needs a lock on a relation of users that keeps us from reading it */
static const char blockers_query[] =
"SELECT l.relation::pg_catalog.regclass, a.pid, a.usename,"
" a.application_name"
" FROM pg_catalog.pg_locks l"
" JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
" WHERE l.mode = 'AccessExclusiveLock' AND l.granted"
" AND l.relation >= 16384 AND l.database = (SELECT d.oid"
"  FROM pg_catalog.pg_database d"
"  WHERE d.datname = pg_catalog.current_database())"
" ORDER BY a.xact_start LIMIT 1";

/* The text of a query for that release, or NULL. */
static const char *
query_text(const DiffQuery *query, int release)
{
	return query->since <= release ? query->text : query->former;
}

/* Ask nothing of the database itself? */
static bool
is_left_out(int kind, const DiffWishes *wishes)
{
	return kind == DIFF_QUERIES_DATABASE && wishes->has_no_database;
}

/*
 * Append all questions.  Those that are not asked are answered as well, with
 * nothing.
 */
static void
append_queries(PQExpBuffer text, const DiffQuery *queries, int count,
			   int release, const DiffWishes *wishes)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		const char *query = query_text(&queries[i], release);
		bool		is_asked = query != NULL &&
			!(queries == diff_queries_objects && is_left_out(i, wishes));

		appendPQExpBuffer(text, "%s;\n", is_asked ? query :
						  "SELECT WHERE false");
	}
}

/* The encoding that both sides have in common, if there is one. */
static const char *
encoding(PGconn *conn)
{
	const char *server = PQparameterStatus(conn, "server_encoding");

	return server != NULL && strcmp(server, "SQL_ASCII") == 0 ? server :
		"UTF8";
}

DiffCatalog *
diff_catalog_ask(PGconn *conn, const DiffWishes *wishes)
{
	DiffCatalog *catalog = pg_malloc0(sizeof(DiffCatalog));
	int			release = PQserverVersion(conn);
	PQExpBuffer text = createPQExpBuffer();

	catalog->conn = conn;
	catalog->numbers = name_table_create(10000);
	/* After a pooler, the session has been lent for a transaction */
	if (PQtransactionStatus(conn) == PQTRANS_INTRANS)
		appendPQExpBufferStr(text, "COMMIT;");
	appendPQExpBuffer(text, "BEGIN ISOLATION LEVEL REPEATABLE READ,"
					  " READ ONLY; SET LOCAL client_encoding = %s;"
					  " SET LOCAL lock_timeout = ", encoding(conn));
	appendStringLiteralConn(text, wishes->lock_timeout, conn);
	appendPQExpBuffer(text, ";%s;\n", settings_query);
	append_queries(text, diff_queries_objects, diff_queries_objects_count,
				   release, wishes);
	append_queries(text, diff_queries_aspects, diff_queries_aspects_count,
				   release, wishes);
	/* What comes then is for people, who have a time zone of their own */
	appendPQExpBufferStr(text, "RESET TimeZone;");
	if (!PQsendQuery(conn, text->data))
	{
		report_server_message(PQerrorMessage(conn));
		diff_catalog_free(catalog);
		catalog = NULL;
	}
	destroyPQExpBuffer(text);
	return catalog;
}

/* Take what has come.  Returns whether there is more to come. */
static bool
take_results(DiffCatalog *catalog)
{
	if (!PQconsumeInput(catalog->conn))
		catalog->is_broken = true;
	while (!catalog->is_broken && !PQisBusy(catalog->conn))
	{
		PGresult   *result = PQgetResult(catalog->conn);
		ExecStatusType status = PQresultStatus(result);

		if (result == NULL)
			return false;
		if (status == PGRES_COMMAND_OK)
		{
			PQclear(result);
			continue;
		}
		ARRAY_MAKE_ROOM(catalog->results, catalog->result_count);
		catalog->results[catalog->result_count++] = result;
		catalog->is_broken = status != PGRES_TUPLES_OK;
	}
	return !catalog->is_broken;
}

/* Wait for the answers of those that are not done yet. */
static bool
wait_for_results(DiffCatalog *const *catalogs, const bool *is_done,
				 int count)
{
	struct pollfd descriptors[3];
	int			i;

	for (i = 0; i < count; i++)
	{
		descriptors[i].fd = is_done[i] ? -1 : PQsocket(catalogs[i]->conn);
		descriptors[i].events = POLLIN;
		descriptors[i].revents = 0;
	}
	descriptors[count].fd = interruption_descriptor();
	descriptors[count].events = POLLIN;
	descriptors[count].revents = 0;
	(void) poll(descriptors, count + 1, -1);
	if (descriptors[count].revents > 0)
		interruption_drain();
	return interruption_count() == 0;
}

/* Say which lock there is that we did not get, and who has it. */
static void
report_blocker(DiffCatalog *catalog, const char *name)
{
	PGresult   *result;

	PQclear(PQexec(catalog->conn, "ROLLBACK"));
	result = PQexec(catalog->conn, blockers_query);
	pg_log_error("in %s something is locked that is to be read", name);
	if (PQntuples(result) > 0)
		fe_compat_log_detail("Process %s of %s (\"%s\") has locked %s.",
							 PQgetvalue(result, 0, 1),
							 report_printable(PQgetvalue(result, 0, 2)),
							 report_printable(PQgetvalue(result, 0, 3)),
							 report_printable(PQgetvalue(result, 0, 0)));
	fe_compat_log_hint("Try again later, or wait longer with "
					   "--lock-timeout.");
	PQclear(result);
}

/* Say why there is no answer. */
static void
report_failure(DiffCatalog *catalog, const char *name)
{
	PGresult   *result = catalog->result_count == 0 ? NULL :
		catalog->results[catalog->result_count - 1];
	const char *state = result == NULL ? NULL :
		PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state != NULL && strcmp(state, lock_not_available) == 0)
	{
		/* The end of what was asked is to be read first */
		PGresult   *next;

		while ((next = PQgetResult(catalog->conn)) != NULL)
			PQclear(next);
		report_blocker(catalog, name);
		return;
	}
	pg_log_error("could not read what there is in %s", name);
	report_server_message(state != NULL ? PQresultErrorMessage(result) :
						  PQerrorMessage(catalog->conn));
}

/* The number of an object in the catalogs of its database, as a name. */
static const char *
object_name(const PGresult *result, int row)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s/%s/%s",
			 PQgetvalue(result, row, DIFF_CLASS),
			 PQgetvalue(result, row, DIFF_ID),
			 PQgetvalue(result, row, DIFF_SUB));
	return name;
}

/* Is the aspect one that was asked for? */
static bool
is_wanted(const char *name, const DiffWishes *wishes)
{
	if (strcmp(name, "owner") == 0)
		return !wishes->has_no_owners;
	if (strncmp(name, "grants", 6) == 0)
		return !wishes->has_no_grants;
	if (strcmp(name, "position") == 0 || strcmp(name, "statistics") == 0 ||
		strcmp(name, "triggers") == 0)
		return wishes->is_all;
	return true;
}

/* Add the aspects that a row has, from that column on. */
static void
add_aspects(DiffObject *object, const PGresult *result, int row, int column,
			const DiffWishes *wishes)
{
	for (; column < PQnfields(result); column++)
	{
		const char *name = PQfname(result, column);

		if (PQgetvalue(result, row, column)[0] == '\0' ||
			!is_wanted(name, wishes))
			continue;
		ARRAY_MAKE_ROOM(object->aspects, object->count);
		object->aspects[object->count].name = name;
		object->aspects[object->count++].text =
			PQgetvalue(result, row, column);
	}
}

/* Add the objects of an answer. */
static void
add_objects(DiffCatalog *catalog, int kind, const PGresult *result,
			const DiffWishes *wishes)
{
	int			i;

	for (i = 0; i < PQntuples(result); i++)
	{
		DiffObject	object = {0};

		/* Something that was dropped since has no identity any more */
		if (PQgetisnull(result, i, DIFF_IDENTITY))
			continue;
		object.kind = kind;
		object.type = PQgetvalue(result, i, DIFF_TYPE);
		object.schema = PQgetvalue(result, i, DIFF_SCHEMA);
		object.relation = PQgetvalue(result, i, DIFF_RELATION);
		object.identity = PQgetvalue(result, i, DIFF_IDENTITY);
		object.key = wishes->is_all || PQgetisnull(result, i, DIFF_KEY) ?
			object.identity : PQgetvalue(result, i, DIFF_KEY);
		object.is_implied = PQgetvalue(result, i, DIFF_IMPLIED)[0] == 't';
		add_aspects(&object, result, i, DIFF_COLUMNS, wishes);
		if (name_table_add(catalog->numbers, object_name(result, i)) !=
			catalog->count)
		{
			pg_free(object.aspects);
			continue;
		}
		ARRAY_MAKE_ROOM(catalog->objects, catalog->count);
		catalog->objects[catalog->count++] = object;
	}
}

/* Add the aspects of an answer to the objects that are there. */
static void
add_to_objects(DiffCatalog *catalog, const PGresult *result,
			   const DiffWishes *wishes)
{
	int			i;

	for (i = 0; i < PQntuples(result); i++)
	{
		int			number = name_table_find(catalog->numbers,
											 object_name(result, i));

		if (number != NAME_TABLE_NONE)
			add_aspects(&catalog->objects[number], result, i, DIFF_SUB + 1,
						wishes);
	}
}

/* Take what was answered apart; the first is about the settings. */
static void
read_results(DiffCatalog *catalog, const DiffWishes *wishes)
{
	PGresult  **results = catalog->results + 1;
	int			i;

	for (i = 0; i < diff_queries_objects_count; i++)
		add_objects(catalog, i, results[i], wishes);
	results += diff_queries_objects_count;
	for (i = 0; i < diff_queries_aspects_count; i++)
		add_to_objects(catalog, results[i], wishes);
	if (catalog->count > 0)
		qsort(catalog->objects, catalog->count, sizeof(DiffObject),
			  diff_catalog_compare);
}

bool
diff_catalog_receive(DiffCatalog *const *catalogs, const char *const *names,
					 int count, const DiffWishes *wishes)
{
	bool		is_done[2] = {false, false};
	int			left = count;
	int			i;

	while (left > 0 && wait_for_results(catalogs, is_done, count))
		for (i = 0; i < count; i++)
			if (!is_done[i] && !take_results(catalogs[i]))
			{
				is_done[i] = true;
				left--;
			}
	if (left > 0)
	{
		pg_log_error("interrupted");
		return false;
	}
	for (i = 0; i < count; i++)
		if (catalogs[i]->is_broken)
		{
			report_failure(catalogs[i], names[i]);
			return false;
		}
	for (i = 0; i < count; i++)
		read_results(catalogs[i], wishes);
	return true;
}

const char *
diff_catalog_aspect(const DiffObject *object, const char *name)
{
	int			i;

	for (i = 0; i < object->count; i++)
		if (strcmp(object->aspects[i].name, name) == 0)
			return object->aspects[i].text;
	return NULL;
}

int
diff_catalog_compare(const void *a, const void *b)
{
	const DiffObject *x = a;
	const DiffObject *y = b;
	int			result = strcmp(x->schema, y->schema);

	if (result == 0)
		result = strcmp(x->relation, y->relation);
	if (result == 0)
		result = x->kind - y->kind;
	if (result == 0)
		result = strcmp(x->type, y->type);
	return result != 0 ? result : strcmp(x->key, y->key);
}

void
diff_catalog_free(DiffCatalog *catalog)
{
	int			i;

	for (i = 0; i < catalog->count; i++)
		pg_free(catalog->objects[i].aspects);
	for (i = 0; i < catalog->result_count; i++)
		PQclear(catalog->results[i]);
	name_table_free(catalog->numbers);
	pg_free(catalog->objects);
	pg_free(catalog->results);
	pg_free(catalog);
}
