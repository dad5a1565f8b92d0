/*-------------------------------------------------------------------------
 *
 * deploy/onlookers.c
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
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/clock.h"
#include "deploy/onlookers.h"

/* In milliseconds: when to look first, how often, how soon for an answer */
#define FIRST_PAUSE 30
#define SHORTEST_PAUSE 50
#define LONGEST_PAUSE 2000
#define ANSWER_PAUSE 5

/* How many times as long as a look took not to look again */
#define PAUSES_PER_LOOK 25

/*
 * The sessions that wait, if somebody waits at all.  We may not see what those
 * of other roles do, and then must look.
 */
static const char look_name[] = "versioning_onlookers";
static const char look_query[] =
"WITH RECURSIVE waiting AS MATERIALIZED ("
"SELECT l.pid, l.waitstart,"
" pg_catalog.pg_blocking_pids(l.pid) AS blockers"
" FROM pg_catalog.pg_locks l"
" LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
" WHERE NOT l.granted AND l.pid <> $1"
" AND a.backend_type IS DISTINCT FROM 'autovacuum worker'"
" AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity"
"  WHERE pid <> $1 AND coalesce(wait_event_type, 'Lock') = 'Lock'"
"  AND (wait_event_type IS NOT NULL OR backend_type IS NULL))"
"), onlooker AS ("
"SELECT pid FROM waiting WHERE $1 = ANY (blockers)"
" UNION SELECT w.pid FROM waiting w"
" JOIN onlooker o ON o.pid = ANY (w.blockers)"
") SELECT w.pid, w.waitstart, coalesce(pg_catalog.date_part('epoch',"
" pg_catalog.clock_timestamp() - w.waitstart) * 1000, 0)::pg_catalog.int8"
" FROM waiting w JOIN onlooker USING (pid)";

/* The columns of the result */
enum
{
	PID, SINCE, WAITED
};

void
deploy_onlookers_open(Onlookers *onlookers, Observer *observer)
{
	onlookers->observer = observer;
}

void
deploy_onlookers_begin(Onlookers *onlookers)
{
	onlookers->next = clock_milliseconds() + FIRST_PAUSE;
	memset(&onlookers->waited, 0, sizeof(onlookers->waited));
}

int
deploy_onlookers_timeout(const Onlookers *onlookers, int timeout)
{
	int			own = (int) Max(onlookers->next - clock_milliseconds(), 0);

	return timeout < 0 ? own : Min(own, timeout);
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
	if (number == onlookers->space)
	{
		onlookers->space = Max(16, 2 * onlookers->space);
		onlookers->items = pg_realloc(onlookers->items, onlookers->space *
									  sizeof(Onlooker));
	}
	if (number == onlookers->waited.sessions)
	{
		memset(&onlookers->items[number], 0, sizeof(Onlooker));
		onlookers->waited.sessions++;
	}
	return &onlookers->items[number];
}

/* A session waits: take note of that row. */
static void
take_row(Onlookers *onlookers, const PGresult *result, int row, int64 now)
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
		deploy_observer_prepare(onlookers->observer, look_name, look_query);
	onlookers->is_prepared = true;
	snprintf(number, sizeof(number), "%d", pid);
	deploy_observer_ask_aside(onlookers->observer, look_name, number);
	onlookers->asked = now;
	onlookers->look++;
}

void
deploy_onlookers_look(Onlookers *onlookers, int pid)
{
	Observer   *observer = onlookers->observer;
	int64		now = clock_milliseconds();
	PGresult   *result;

	if (now < onlookers->next)
		return;
	onlookers->next = now + (pid == 0 ? FIRST_PAUSE : ANSWER_PAUSE);
	if (pid == 0 || observer->is_asked)
		return;
	if (!observer->is_asked_aside)
		ask(onlookers, pid, now);
	else if (deploy_observer_answer_aside(observer, false, &result))
	{
		int64		pause = (now - onlookers->asked) * PAUSES_PER_LOOK;

		take_answer(onlookers, result, now);
		PQclear(result);
		onlookers->next = now + Min(Max(pause, SHORTEST_PAUSE),
									LONGEST_PAUSE);
	}
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
deploy_onlookers_end(Onlookers *onlookers)
{
	int64		now = clock_milliseconds();
	PGresult   *result;

	if (onlookers->observer->is_asked_aside &&
		deploy_observer_answer_aside(onlookers->observer, true, &result))
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
deploy_onlookers_close(Onlookers *onlookers)
{
	forget(onlookers);
	pg_free(onlookers->items);
}
