/*-------------------------------------------------------------------------
 *
 * watch/onlookers.c
 *		Who waits for a file while it is run
 *
 * Whoever wants a lock that the file has taken waits, and so does whoever
 * wants one that the file itself still queues for, and whoever waits for one
 * of these.  The observer is asked for them: a short while after the file has
 * begun, so that one which takes a moment costs nothing, and then again and
 * again.  A look is one query outside a transaction, and takes no longer than
 * a small part of the time.
 *
 * A wait is over when a look no longer sees it, or with the file: so it may
 * have been a little shorter than we say, but not longer.  One that begins and
 * ends between two looks is not seen.
 *
 * If nobody is to wait longer than so long, and somebody does, the statement
 * that runs is cancelled, and if the file goes on all the same, its session is
 * ended.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "database/holder.h"
#include "watch/onlookers.h"

/* In milliseconds: when to look first, how often, how soon for an answer */
#define FIRST_PAUSE 30
#define SHORTEST_PAUSE 50
#define LONGEST_PAUSE 2000
#define ANSWER_PAUSE 5

/* For how long to let a file end by itself after it was cancelled */
#define GRACE 500

/* How many sessions that have waited too long are named */
#define MOST_NAMED "3"

/* How many times as long as a look took not to look again */
#define PAUSES_PER_LOOK 25

/*
 * The sessions that wait, if somebody waits at all.  We may not see what those
 * of other roles do, and then must look.
 */
static const char look_name[] = "versioning_onlookers";
#define LOOK_QUERY \
"WITH RECURSIVE waiting AS MATERIALIZED (" \
"SELECT l.pid, l.waitstart, l.mode, l.locktype, l.relation," \
" pg_catalog.pg_blocking_pids(l.pid) AS blockers" \
" FROM pg_catalog.pg_locks l" \
" LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid" \
" WHERE NOT l.granted AND l.pid <> $1" \
" AND " HOLDER_TYPE("a") " IS DISTINCT FROM '" HOLDER_AUTOVACUUM "'" \
" AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity" \
"  WHERE pid <> $1 AND coalesce(wait_event_type, 'Lock') = 'Lock'" \
"  AND (wait_event_type IS NOT NULL OR backend_type IS NULL))" \
"), onlooker AS (" \
"SELECT pid FROM waiting WHERE $1 = ANY (blockers)" \
" UNION SELECT w.pid FROM waiting w" \
" JOIN onlooker o ON o.pid = ANY (w.blockers)" \
") SELECT 'session', w.pid::text, w.waitstart::text," \
" coalesce(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()" \
"  - w.waitstart) * 1000, 0)::pg_catalog.int8," \
" $1 = ANY (w.blockers), w.mode, r.oid," \
" CASE WHEN r.oid IS NULL THEN 'a lock of type ' || w.locktype ELSE" \
"  CASE WHEN w.locktype IN ('tuple', 'transactionid') THEN 'a row of '" \
"  ELSE '' END || r.oid::pg_catalog.regclass END," \
" (SELECT relname FROM pg_catalog.pg_class WHERE oid = r.oid)" \
" FROM waiting w JOIN onlooker USING (pid), LATERAL (SELECT coalesce(" \
"  w.relation, (SELECT t.relation FROM pg_catalog.pg_locks t" \
"  WHERE t.pid = w.pid AND t.granted AND t.locktype = 'tuple' LIMIT 1))" \
" AS oid) AS r"

/* The same with the statement that the backend runs, and its locks */
#define WATCH_QUERY LOOK_QUERY \
" UNION ALL SELECT 'statement', NULL, NULL, NULL, NULL, NULL, NULL, query," \
" NULL FROM pg_catalog.pg_stat_activity WHERE pid = $1" \
" UNION ALL SELECT 'lock', NULL, NULL, NULL, NULL, mode, relation, NULL, NULL"\
" FROM pg_catalog.pg_locks WHERE pid = $1 AND granted" \
" AND locktype = 'relation'"

/* The columns of the result */
enum
{
	KIND, PID, SINCE, WAITED, IS_DIRECT, MODE, RELATION, OBJECT, NAME
};

/* Those who wait for a backend, the one that has waited longest first */
static const char who_query[] =
HOLDER_QUERY("SELECT pid, NULL AS virtualtransaction FROM pg_catalog.unnest("
			 "$1::pg_catalog.int4[]) WITH ORDINALITY AS p (pid, number)"
			 " ORDER BY number LIMIT " MOST_NAMED);

void
watch_onlookers_open(Onlookers *onlookers, Observer *observer,
					 int64 max_stall)
{
	onlookers->observer = observer;
	onlookers->max_stall = max_stall;
}

/* Forget what was known of the last file that was too much. */
static void
forget_stall(Onlookers *onlookers)
{
	if (onlookers->watch != NULL)
		watch_stall_free(onlookers->watch);
	onlookers->watch = NULL;
	pg_free(onlookers->stall.who);
	pg_free(onlookers->stall.object);
	pg_free(onlookers->stall.place);
	memset(&onlookers->stall, 0, sizeof(onlookers->stall));
	onlookers->stopped = 0;
}

void
watch_onlookers_begin(Onlookers *onlookers, const PlanStep *step)
{
	forget_stall(onlookers);
	if (onlookers->max_stall > 0)
		onlookers->watch = watch_stall_begin(step);
	onlookers->next = clock_milliseconds() + FIRST_PAUSE;
	memset(&onlookers->waited, 0, sizeof(onlookers->waited));
}

/* So long somebody has waited. */
static void
note_wait(Onlookers *onlookers, int64 milliseconds)
{
	onlookers->waited.longest = Max(onlookers->waited.longest, milliseconds);
}

/* A wait is over by now. */
static void
end_wait(Onlookers *onlookers, Onlooker *onlooker, int64 now)
{
	onlooker->is_waiting = false;
	note_wait(onlookers, onlooker->waited + now - onlooker->seen);
}

/* The waits that the last look did not see are over. */
static void
end_waits(Onlookers *onlookers, int64 now)
{
	int			i;

	for (i = 0; i < onlookers->waited.sessions; i++)
		if (onlookers->items[i].is_waiting &&
			onlookers->items[i].look != onlookers->look)
			end_wait(onlookers, &onlookers->items[i], now);
}

/* The session of that process, which may be one not seen before. */
static Onlooker *
find(Onlookers *onlookers, const char *pid)
{
	int			number;

	if (onlookers->pids == NULL)
		onlookers->pids = name_table_create(16);
	number = name_table_add(onlookers->pids, pid);
	if (number == onlookers->waited.sessions)
	{
		ARRAY_MAKE_ROOM(onlookers->items, number);
		memset(&onlookers->items[number], 0, sizeof(Onlooker));
		onlookers->waited.sessions++;
	}
	return &onlookers->items[number];
}

/* A session waits: take note of that row. */
static void
take_session(Onlookers *onlookers, const PGresult *result, int row, int64 now)
{
	Onlooker   *onlooker = find(onlookers, PQgetvalue(result, row, PID));
	const char *since = PQgetvalue(result, row, SINCE);

	/* It is not known since when in the first moment. */
	if (onlooker->is_waiting && onlooker->since[0] != '\0' &&
		strcmp(onlooker->since, since) != 0)
		end_wait(onlookers, onlooker, now);
	strlcpy(onlooker->since, since, sizeof(onlooker->since));
	onlooker->waited = strtoll(PQgetvalue(result, row, WAITED), NULL, 10);
	onlooker->seen = onlookers->asked;
	onlooker->look = onlookers->look;
	onlooker->is_waiting = true;
	note_wait(onlookers, onlooker->waited);
}

/* Take note of a row. */
static void
take_row(Onlookers *onlookers, const PGresult *result, int row, int64 now)
{
	const char *kind = PQgetvalue(result, row, KIND);

	if (strcmp(kind, "session") == 0)
		take_session(onlookers, result, row, now);
	else if (strcmp(kind, "statement") == 0)
		watch_stall_statement(onlookers->watch,
							  PQgetvalue(result, row, OBJECT));
	else
		watch_stall_lock(onlookers->watch,
						 PQgetvalue(result, row, RELATION),
						 PQgetvalue(result, row, MODE));
}

/* Take what a look has seen; NULL: the server did not say. */
static void
take_answer(Onlookers *onlookers, const PGresult *result, int64 now)
{
	int			i;

	if (result == NULL)
	{
		onlookers->is_prepared = false;
		return;
	}
	for (i = 0; i < PQntuples(result); i++)
		take_row(onlookers, result, i, now);
	end_waits(onlookers, now);
}

/* Ask for a look. */
static void
ask(Onlookers *onlookers, int pid, int64 now)
{
	char		number[32];

	if (!onlookers->is_prepared)
		watch_observer_prepare(onlookers->observer, look_name,
							   onlookers->watch != NULL ? WATCH_QUERY :
							   LOOK_QUERY);
	onlookers->is_prepared = true;
	snprintf(number, sizeof(number), "%d", pid);
	watch_observer_ask_aside(onlookers->observer, look_name, number);
	onlookers->asked = now;
	onlookers->look++;
}

/* How long the row's session has waited; 0: it waits for another one of us. */
static int64
direct_wait(const PGresult *result, int row)
{
	if (strcmp(PQgetvalue(result, row, KIND), "session") != 0 ||
		strcmp(PQgetvalue(result, row, IS_DIRECT), "t") != 0)
		return 0;
	return strtoll(PQgetvalue(result, row, WAITED), NULL, 10);
}

/* The row of the session that has waited longest, or -1. */
static int
find_longest(const PGresult *result)
{
	int			longest = -1;
	int			i;

	for (i = 0; i < PQntuples(result); i++)
		if (direct_wait(result, i) > 0 &&
			(longest < 0 ||
			 direct_wait(result, i) > direct_wait(result, longest)))
			longest = i;
	return longest;
}

/* The processes that wait, that of a row first, as the text of an array. */
static char *
make_array(const PGresult *result, int first)
{
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	appendPQExpBuffer(&text, "{%s", PQgetvalue(result, first, PID));
	for (i = 0; i < PQntuples(result); i++)
		if (i != first && strcmp(PQgetvalue(result, i, KIND), "session") == 0)
			appendPQExpBuffer(&text, ",%s", PQgetvalue(result, i, PID));
	appendPQExpBufferChar(&text, '}');
	return buffer_finish(&text);
}

/* Who waits, that of a row first; the caller frees the text. */
static char *
describe_sessions(const Onlookers *onlookers, const PGresult *result,
				  int first)
{
	char	   *pids = make_array(result, first);
	const char *values[] = {pids};
	PGresult   *who = watch_observer_query(onlookers->observer, who_query, 1,
										   values);
	PQExpBufferData text;
	char	   *copy;
	int			i;

	initPQExpBuffer(&text);
	for (i = 0; i < PQntuples(who); i++)
	{
		appendPQExpBufferStr(&text, i > 0 ? "; " : "");
		holder_append(&text, who, i);
		holder_append_doing(&text, who, i);
	}
	if (text.len == 0)
		appendPQExpBuffer(&text, "process %s", PQgetvalue(result, first, PID));
	copy = buffer_finish(&text);
	PQclear(who);
	pg_free(pids);
	return copy;
}

/* Has somebody waited too long, as a look has seen?  Then note who. */
static bool
is_too_long(Onlookers *onlookers, const PGresult *result)
{
	int			longest = onlookers->watch == NULL || result == NULL ? -1 :
		find_longest(result);
	Stall	   *stall = &onlookers->stall;

	if (longest < 0 || direct_wait(result, longest) < onlookers->max_stall)
		return false;
	stall->max = onlookers->max_stall;
	stall->who = describe_sessions(onlookers, result, longest);
	stall->object = pg_strdup(PQgetvalue(result, longest, OBJECT));
	stall->place = watch_stall_place(onlookers->watch,
									 PQgetvalue(result, longest, RELATION),
									 PQgetvalue(result, longest, NAME));
	return true;
}

/* Cancel what a backend runs; if that does not help, end it. */
static void
stop(Onlookers *onlookers, int pid, int64 now)
{
	char		number[32];
	const char *values[] = {number};

	if (onlookers->stopped == 0)
		onlookers->stopped = now;
	snprintf(number, sizeof(number), "%d", pid);
	PQclear(watch_observer_query(onlookers->observer,
								 now - onlookers->stopped < GRACE ?
								 "SELECT pg_catalog.pg_cancel_backend("
								 "$1::pg_catalog.int4)" :
								 "SELECT pg_catalog.pg_terminate_backend("
								 "$1::pg_catalog.int4)", 1, values));
	onlookers->next = now + SHORTEST_PAUSE;
}

/* When to look next, after a look. */
static int64
next_look(const Onlookers *onlookers, int64 now)
{
	int64		pause = (now - onlookers->asked) * PAUSES_PER_LOOK;

	pause = Min(Max(pause, SHORTEST_PAUSE), LONGEST_PAUSE);
	if (onlookers->max_stall > 0)
		pause = Min(pause, Max(onlookers->max_stall / 4, SHORTEST_PAUSE));
	return now + pause;
}

void
watch_onlookers_look(Onlookers *onlookers, int pid)
{
	Observer   *observer = onlookers->observer;
	int64		now = clock_milliseconds();
	PGresult   *result;

	if (now < onlookers->next)
		return;
	onlookers->next = now + (pid == 0 ? FIRST_PAUSE : ANSWER_PAUSE);
	watch_observer_revive(observer);
	if (pid == 0 || observer->is_asked)
		return;
	if (onlookers->stopped != 0)
		stop(onlookers, pid, now);
	else if (!observer->is_asked_aside)
		ask(onlookers, pid, now);
	else if (watch_observer_answer_aside(observer, false, &result))
	{
		onlookers->next = next_look(onlookers, now);
		take_answer(onlookers, result, now);
		if (is_too_long(onlookers, result))
			stop(onlookers, pid, now);
		PQclear(result);
	}
}

const Stall *
watch_onlookers_stall(const Onlookers *onlookers)
{
	return onlookers->stopped == 0 ? NULL : &onlookers->stall;
}

/* Forget who they were. */
static void
forget(Onlookers *onlookers)
{
	if (onlookers->pids != NULL)
		name_table_free(onlookers->pids);
	onlookers->pids = NULL;
}

OthersWaited
watch_onlookers_end(Onlookers *onlookers)
{
	int64		now = clock_milliseconds();
	PGresult   *result;

	if (onlookers->observer->is_asked_aside &&
		watch_observer_answer_aside(onlookers->observer, true, &result))
	{
		take_answer(onlookers, result, now);
		PQclear(result);
	}
	onlookers->look++;
	end_waits(onlookers, now);
	forget(onlookers);
	return onlookers->waited;
}

void
watch_onlookers_close(Onlookers *onlookers)
{
	forget(onlookers);
	forget_stall(onlookers);
	pg_free(onlookers->items);
}
