/*-------------------------------------------------------------------------
 *
 * run/waiting.c
 *		For whom a file waits while it is run
 *
 * The session that runs the file cannot tell while it waits, so the observer
 * is asked again and again: often, as a lock_timeout may end the waiting soon.
 * That costs little where nothing is waited for.  People are told when it has
 * taken a second.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/clock.h"
#include "run/waiting.h"
#include "watch/blockers.h"

/* In milliseconds: how long not to look, and how soon for an answer */
#define PAUSE 20
#define ANSWER_PAUSE 5

/* How long it must have been waiting for that to be told */
#define TELL_AFTER 1000

/* How long before its end a file was waiting that may have ended by that */
#define SHORTLY 2500

/* How much earlier, or later, than it should a lock_timeout may be seen */
#define EARLIER 10
#define LATER 500

void
run_waiting_begin(Waiting *waiting, const FileRunner *runner)
{
	memset(waiting, 0, sizeof(*waiting));
	waiting->runner = runner;
	waiting->next = clock_milliseconds() + PAUSE;
}

int
run_waiting_timeout(const Waiting *waiting)
{
	const FileRunner *runner = waiting->runner;
	int			timeout = watch_progress_timeout(runner->progress);
	int64		next = Min(waiting->next, runner->onlookers->next);
	int			own = (int) Max(next - clock_milliseconds(), 0);

	return timeout < 0 ? own : Min(own, timeout);
}

void
run_waiting_show(const FileRunner *runner, const PGresult *blockers,
				 const PGresult *seen, bool is_long)
{
	PQExpBufferData text;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, "waiting for ");
	watch_blockers_append_short(&text, blockers, seen);
	appendPQExpBufferStr(&text, " (ctrl-c ends)");
	watch_progress_note(runner->progress, text.data);
	if (is_long)
	{
		resetPQExpBuffer(&text);
		appendPQExpBufferStr(&text, "waiting for ");
		watch_blockers_append(&text, blockers, seen);
		watch_progress_waiting(runner->progress, text.data, blockers, seen);
	}
	termPQExpBuffer(&text);
}

/* Tell of it, if it is for long, in full once. */
static void
tell(Waiting *waiting)
{
	if (waiting->last - waiting->since < TELL_AFTER)
		return;
	run_waiting_show(waiting->runner, waiting->seen, NULL,
					 !waiting->is_told);
	waiting->is_told = true;
}

/* Nobody is seen: what was seen before is forgotten. */
static void
forget(Waiting *waiting)
{
	PQclear(waiting->seen);
	waiting->seen = NULL;
	watch_progress_note(waiting->runner->progress, NULL);
}

/* Somebody is seen. */
static void
take_blockers(Waiting *waiting, PGresult *seen)
{
	waiting->is_over = waiting->has_failed = false;
	waiting->last = clock_milliseconds();
	if (waiting->seen == NULL ||
		!watch_blockers_are_same(seen, waiting->seen))
	{
		waiting->since = waiting->last;
		waiting->is_told = false;
	}
	PQclear(waiting->seen);
	waiting->seen = seen;
	tell(waiting);
}

/*
 * Take the answer, if there is one.  It takes two that there is nobody to
 * believe it: a failure comes before the news of it.
 */
static void
take_answer(Waiting *waiting)
{
	PGresult   *seen = watch_observer_blockers(waiting->runner->observer);

	if (seen != NULL && PQntuples(seen) > 0)
	{
		take_blockers(waiting, seen);
		return;
	}
	if (seen != NULL && !waiting->has_failed)
	{
		if (waiting->is_over)
			forget(waiting);
		waiting->is_over = true;
	}
	PQclear(seen);
}

/* Look whether a backend waits, if it is time to. */
static void
look(Waiting *waiting, int pid)
{
	Observer   *observer = waiting->runner->observer;
	int64		now = clock_milliseconds();

	if (pid == 0 || now < waiting->next)
		return;
	if (observer->is_asked)
		take_answer(waiting);
	else
		watch_observer_ask_blockers(observer, pid);
	waiting->next = now + (observer->is_asked ? ANSWER_PAUSE : PAUSE);
}

void
run_waiting_look(Waiting *waiting, int pid)
{
	watch_progress_tick(waiting->runner->progress);
	look(waiting, pid);
	watch_onlookers_look(waiting->runner->onlookers, pid);
}

void
run_waiting_fail(Waiting *waiting)
{
	waiting->has_failed = true;
}

bool
run_waiting_has_failed(const Waiting *waiting, int lock_timeout,
					   int64 when)
{
	int64		waited;

	if (waiting->seen == NULL)
		return false;
	waited = watch_blockers_waited(waiting->seen) + when - waiting->last;
	return watch_blockers_are_circle(waiting->seen) ||
		(lock_timeout > 0 && waited >= lock_timeout - EARLIER &&
		 waited <= lock_timeout + Max(LATER, lock_timeout / 10));
}

void
run_waiting_end(Waiting *waiting, FileRun *run)
{
	if (waiting->seen != NULL &&
		clock_milliseconds() - waiting->last < SHORTLY)
		run->blockers = waiting->seen;
	else
		PQclear(waiting->seen);
	waiting->seen = NULL;
	watch_progress_note(waiting->runner->progress, NULL);
}
