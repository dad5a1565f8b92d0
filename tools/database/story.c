/*-------------------------------------------------------------------------
 *
 * database/story.c
 *		What happened to patches, and what was changed meanwhile
 *
 * An object is named as one would in psql, so _v.blame() needs the search_path
 * that sessions of the user begin with.  It gets that while a query runs that
 * has been parsed with ours, which is empty: nothing else in the query is
 * looked up by the user's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "base/suggestion.h"
#include "database/connection.h"
#include "database/in_progress.h"
#include "database/story.h"
#include "pqexpbuffer.h"

#define FOR_PEOPLE "'YYYY-MM-DD HH24:MI:SSTZH:TZM'"
#define IN_ISO "'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'"

/* The life of the object of that name.  It depends on the path being set. */
#define LIFE(object) \
	"(SELECT set_config('search_path', reset_val, true) AS value" \
	"   FROM pg_settings WHERE name = 'search_path' OFFSET 0) AS path" \
	" CROSS JOIN LATERAL _v.blame(" \
	"  CASE WHEN path.value IS NOT NULL THEN " object " END)" \
	" WITH ORDINALITY AS l (changed_at, patch_name, event, role_name," \
	"  command_tag, action, object_type, identity, previous_identity," \
	"  history_id, number)"

/* All that was changed; outside any patch, it belongs to the "unit" */
#define ALL_CHANGES \
	"SELECT id, history_id, concat_ws(' ', 'in', transaction_id, role_name," \
	"  session_role_name), changed_at, role_name, session_role_name," \
	" action, command_tag, object_type, identity, previous_identity" \
	" FROM _v.changes"

/* The same of one object */
#define CHANGES_OF_OBJECT \
	"SELECT number, history_id, concat(changed_at, ' ', role_name)," \
	" changed_at, role_name, NULL::text, action, command_tag, object_type," \
	" identity, previous_identity FROM " LIFE("$1")

/* What happened to patches: to all, to one, or what changed the object */
#define ANY_EVENT "$1::text IS NULL"
#define EVENTS_OF_PATCH "patch_name = $1"
#define EVENTS_OF_CHANGES "id IN (SELECT history_id FROM changes)"

#define STORY(changes, condition, outside) \
	"WITH changes (id, history_id, unit, changed_at, role_name," \
	" session_role_name, action, command_tag, object_type, identity," \
	" previous_identity) AS MATERIALIZED (" changes ")," \
	" events AS (" \
	" SELECT id AS history_id, NULL AS unit, happened_at AS at, role_name," \
	"  session_role_name FROM _v.history WHERE " condition \
	" UNION ALL" \
	" SELECT NULL, unit, max(changed_at), role_name, session_role_name" \
	"  FROM changes WHERE history_id IS NULL AND " outside \
	"  GROUP BY unit, role_name, session_role_name)," \
	" chosen AS (" \
	" SELECT *, row_number() OVER (ORDER BY at DESC, history_id DESC, unit)" \
	"  AS number FROM events" \
	"  WHERE ($2::timestamptz IS NULL OR at >= $2::timestamptz)" \
	"  AND ($3::text IS NULL OR $3 IN (role_name, session_role_name))" \
	"  ORDER BY number LIMIT $4::int)" \
	" SELECT e.number, to_char(e.at, " FOR_PEOPLE ")," \
	"  to_char(e.at, " IN_ISO "), h.event, h.patch_name, h.job_name," \
	"  e.role_name, e.session_role_name, h.application_name," \
	"  host(h.client_address), h.os_user, h.host, h.source_file," \
	"  h.source_sha256, h.revision, h.command," \
	"  c.action, c.command_tag, c.object_type, c.identity," \
	"  c.previous_identity" \
	"  FROM chosen AS e LEFT JOIN _v.history AS h ON h.id = e.history_id" \
	"  LEFT JOIN changes AS c" \
	"   ON coalesce(c.history_id::text, c.unit) =" \
	"      coalesce(e.history_id::text, e.unit)" \
	"  ORDER BY e.number, c.id"

static const char story_query[] = STORY(ALL_CHANGES, ANY_EVENT, "true");
static const char patch_query[] = STORY(ALL_CHANGES, EVENTS_OF_PATCH, "false");
static const char object_query[] = STORY(CHANGES_OF_OBJECT, EVENTS_OF_CHANGES,
										 "true");

static const char life_query[] =
"SELECT to_char(changed_at, " FOR_PEOPLE "), to_char(changed_at, " IN_ISO "),"
" patch_name, event, role_name, command_tag, action, object_type, identity,"
" previous_identity FROM " LIFE("$1") " ORDER BY number";

static const char objects_query[] =
"SELECT object_type, identity,"
" created_by_patch IS NOT DISTINCT FROM $1 FROM _v.objects"
" WHERE $1 IN (created_by_patch, changed_by_patch)"
" ORDER BY identity COLLATE \"C\", object_type";

static const char role_query[] =
"SELECT FROM pg_roles WHERE rolname::text = $1"
" UNION ALL SELECT FROM _v.history"
"  WHERE $1 IN (role_name, session_role_name)"
" UNION ALL SELECT FROM _v.changes"
"  WHERE $1 IN (role_name, session_role_name) LIMIT 1";

static const char patch_name_query[] =
"SELECT FROM _v.patches WHERE patch_name = $1"
" UNION ALL SELECT FROM _v.history WHERE patch_name = $1 LIMIT 1";

/* An object with and without its schema, and patches */
static const char names_query[] =
"SELECT identity FROM objects"
" UNION SELECT substr(identity, length(quote_ident(schema_name)) + 2)"
"  FROM objects WHERE starts_with(identity, quote_ident(schema_name) || '.')";

static const char syntax_class[] = "22";
static const char undefined_object[] = "42704";

/*
 * Run a query with parameters.  An error of that SQLSTATE, or class of them,
 * means that what is asked for is not there; that may be NULL, and the
 * transaction of a pooler's session is as good as before.
 */
static StoryAnswer
ask(PGconn *conn, const char *query, int count, const char *const *values,
	const char *expected, PGresult **result)
{
	bool		is_open = PQtransactionStatus(conn) == PQTRANS_INTRANS;
	const char *state;

	if (is_open)
		PQclear(PQexec(conn, "SAVEPOINT story"));
	*result = PQexecParams(conn, query, count, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(*result) == PGRES_TUPLES_OK)
		return STORY_FOUND;

	state = PQresultErrorField(*result, PG_DIAG_SQLSTATE);
	if (expected == NULL || state == NULL ||
		strncmp(state, expected, strlen(expected)) != 0)
	{
		report_server_message(PQerrorMessage(conn));
		PQclear(*result);
		return STORY_TROUBLE;
	}
	PQclear(*result);
	if (is_open)
		PQclear(PQexec(conn, "ROLLBACK TO story"));
	return STORY_UNKNOWN;
}

bool
story_is_there(PGconn *conn)
{
	PGresult   *result =
		connection_query(conn, "SELECT " IN_PROGRESS_HAS_RELATION("history"));
	bool		is_there;

	if (result == NULL)
		return false;
	is_there = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (!is_there)
		connection_report_missing(conn, "history of patches");
	return is_there;
}

/* Is there a number, and nothing that says of what? */
static bool
is_bare_number(const char *text)
{
	return text[strspn(text, "+-0123456789. ")] == '\0';
}

StoryAnswer
story_moment(PGconn *conn, const char *text, char **moment)
{
	static const char *const queries[] = {
		"SELECT $1::timestamptz",
		"SELECT now() - greatest($1::interval, -$1::interval)"
	};
	int			count = is_bare_number(text) ? 1 : lengthof(queries);
	StoryAnswer answer = STORY_UNKNOWN;
	PGresult   *result;
	int			i;

	for (i = 0; i < count && answer == STORY_UNKNOWN; i++)
		answer = ask(conn, queries[i], 1, &text, syntax_class, &result);
	if (answer != STORY_FOUND)
		return answer;
	*moment = pg_strdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return STORY_FOUND;
}

/* Does a query find anything by a name? */
static StoryAnswer
find(PGconn *conn, const char *query, const char *name)
{
	PGresult   *result;
	StoryAnswer answer = ask(conn, query, 1, &name, NULL, &result);

	if (answer == STORY_FOUND)
	{
		answer = PQntuples(result) > 0 ? STORY_FOUND : STORY_UNKNOWN;
		PQclear(result);
	}
	return answer;
}

StoryAnswer
story_find_role(PGconn *conn, const char *name)
{
	return find(conn, role_query, name);
}

StoryAnswer
story_find_patch(PGconn *conn, const char *name)
{
	return find(conn, patch_name_query, name);
}

StoryAnswer
story_read(PGconn *conn, const StoryWish *wish, PGresult **result)
{
	char		limit[16];
	const char *values[] = {
		wish->patch != NULL ? wish->patch : wish->object, wish->since,
		wish->by, wish->limit > 0 ? limit : NULL
	};

	snprintf(limit, sizeof(limit), "%d", wish->limit);
	return ask(conn, wish->patch != NULL ? patch_query :
			   wish->object != NULL ? object_query : story_query,
			   lengthof(values), values, undefined_object, result);
}

StoryAnswer
story_read_life(PGconn *conn, const char *object, PGresult **result)
{
	return ask(conn, life_query, 1, &object, undefined_object, result);
}

PGresult *
story_read_objects(PGconn *conn, const char *patch)
{
	PGresult   *result;

	return ask(conn, objects_query, 1, &patch, NULL, &result) ==
		STORY_FOUND ? result : NULL;
}

char *
story_suggest(PGconn *conn, const char *name, bool with_patches)
{
	PQExpBufferData query;
	PGresult   *result;
	Suggestion	suggestion;
	char	   *nearest = NULL;
	int			i;

	initPQExpBuffer(&query);
	printfPQExpBuffer(&query, "WITH objects AS (SELECT schema_name, identity"
					  " FROM _v.user_objects() UNION"
					  " SELECT schema_name, identity FROM _v.changes) %s%s",
					  names_query, with_patches ?
					  " UNION SELECT patch_name FROM _v.history"
					  " WHERE patch_name IS NOT NULL" : "");
	if (ask(conn, query.data, 0, NULL, NULL, &result) == STORY_FOUND)
	{
		suggestion_init(&suggestion, name);
		for (i = 0; i < PQntuples(result); i++)
			suggestion_offer(&suggestion, PQgetvalue(result, i, 0));
		if (suggestion.nearest != NULL)
			nearest = pg_strdup(suggestion.nearest);
		PQclear(result);
	}
	termPQExpBuffer(&query);
	return nearest;
}
