/*-------------------------------------------------------------------------
 *
 * deploy/waiting.c
 *		For whom a file waits while it is run
 *
 * The session that runs the file cannot tell while it waits, so the observer
 * is asked: soon, as a lock_timeout may end the waiting, and then less and
 * less often.  People are told when it has taken a second.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/clock.h"
#include "deploy/waiting.h"

/* In milliseconds: how long not to look, and how soon for an answer */
#define SHORTEST_PAUSE 50
#define LONGEST_PAUSE 1000
#define ANSWER_PAUSE 20

/* How long it must have been waiting for that to be told */
#define TELL_AFTER 1000

/* How long before its end a file was waiting that may have ended by that */
#define SHORTLY 2500

void
deploy_waiting_begin(Waiting *waiting, const FileRunner *runner)
{
	memset(waiting, 0, sizeof(*waiting));
	waiting->runner = runner;
	waiting->start = clock_milliseconds();
	waiting->next = waiting->start + SHORTEST_PAUSE;
	initPQExpBuffer(&waiting->who);
	initPQExpBuffer(&waiting->blockers);
}

int
deploy_waiting_timeout(const Waiting *waiting, int timeout)
{
	int			own = (int) Max(waiting->next - clock_milliseconds(), 0);

	return timeout < 0 ? own : Min(own, timeout);
}

/* Tell of it, if it is for long and was not told. */
static void
tell(Waiting *waiting)
{
	char	   *text;

	if (waiting->is_told || waiting->last - waiting->since < TELL_AFTER)
		return;
	text = psprintf("waiting for %s", waiting->blockers.data);
	deploy_progress_say(waiting->runner->progress, text);
	pg_free(text);
	waiting->is_told = true;
}

/* Take the answer, if there is one. */
static void
take_answer(Waiting *waiting, int64 now)
{
	PQExpBufferData who;
	PQExpBufferData blockers;

	initPQExpBuffer(&who);
	initPQExpBuffer(&blockers);
	if (!deploy_observer_blockers(waiting->runner->observer, &who, &blockers))
	{
		termPQExpBuffer(&who);
		termPQExpBuffer(&blockers);
		return;
	}
	if (strcmp(who.data, waiting->who.data) != 0)
	{
		waiting->since = now;
		waiting->is_told = false;
	}
	termPQExpBuffer(&waiting->who);
	termPQExpBuffer(&waiting->blockers);
	waiting->who = who;
	waiting->blockers = blockers;
	waiting->last = now;
	if (who.len > 0)
		tell(waiting);
}

void
deploy_waiting_look(Waiting *waiting, int pid)
{
	Observer   *observer = waiting->runner->observer;
	int64		now = clock_milliseconds();
	int64		age = now - waiting->start;
	int64		pause;

	if (pid == 0 || now < waiting->next)
		return;
	if (observer->is_asked)
		take_answer(waiting, now);
	else
		deploy_observer_ask_blockers(observer, pid);
	pause = observer->is_asked ? Max(age / 10, ANSWER_PAUSE) :
		Max(age, SHORTEST_PAUSE);
	waiting->next = now + Min(pause, LONGEST_PAUSE);
}

void
deploy_waiting_end(Waiting *waiting, FileRun *run)
{
	if (waiting->who.len > 0 &&
		clock_milliseconds() - waiting->last < SHORTLY)
	{
		run->blockers = pg_strdup(waiting->blockers.data);
		run->waited_for = pg_strdup(waiting->who.data);
	}
	termPQExpBuffer(&waiting->who);
	termPQExpBuffer(&waiting->blockers);
}
