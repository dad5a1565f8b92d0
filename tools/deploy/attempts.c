/*-------------------------------------------------------------------------
 *
 * deploy/attempts.c
 *		Trying a file again that did not get a lock
 *
 * While a statement waits for a lock, all who want one that is in conflict
 * with it wait, too.  So a file waits for a moment only, and is rolled back;
 * then we wait, without any lock, until those are gone who were in the way.
 * Usually the next attempt finds nobody.  If it finds others, as where there
 * is always somebody, the next moment is longer, up to what was agreed.
 *
 * Before a lock is waited for again, we look who has it: somebody who has had
 * it for longer than the moment would last is waited for first, but only once,
 * as there may always be such people.
 *
 * Autovacuum gives way, but only to those who wait for it as long as
 * deadlock_timeout.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/interruption.h"
#include "base/report.h"
#include "deploy/attempts.h"
#include "run/waiting.h"
#include "watch/blockers.h"

/* How long the first attempt waits for a lock, in milliseconds */
#define FIRST_TIMEOUT 100

/* How much longer than deadlock_timeout to wait for autovacuum to end */
#define MARGIN 200

/* How often to look whether they are gone, and after how long less often */
#define SHORTEST_PAUSE 20
#define LONGEST_PAUSE 100

/* For how long to do nothing if nobody was seen, at most */
#define BLIND_PAUSE 1000

/* How long it must take for that to be told */
#define TELL_AFTER 1000

/* The shorter of two limits; 0 is none. */
static int64
shorter(int64 one, int64 other)
{
	return one == 0 || other == 0 ? Max(one, other) : Min(one, other);
}

/* How long a file may wait for a lock, in milliseconds; 0: as it likes. */
static int
longest_timeout(const FileRunner *runner, const PlanStep *step)
{
	const ScriptOutline *outline = step->outline;
	const DirectiveLimit *said = &outline->directives->lock_timeout;
	int64		given = runner->options->lock_timeout;

	if (runner->options->is_rehearsal || !script_outline_is_whole(outline))
		return 0;
	if (step->members != NULL)
		return (int) shorter(said->milliseconds, given);
	return (int) (said->line > 0 ? said->milliseconds : given);
}

/* For how long to try, in milliseconds; 0: once. */
static int64
retry_for(const FileRunner *runner, const PlanStep *step)
{
	const ScriptOutline *outline = step->outline;
	const DirectiveLimit *said = &outline->directives->retry_for;
	int64		given = runner->options->retry_for;

	if (runner->options->is_rehearsal || !script_outline_is_whole(outline) ||
		outline->outer_line > 0 || outline->unseen_line > 0)
		return 0;
	if (said->line == 0)
		return given;
	return step->members != NULL ? Min(said->milliseconds, given) :
		said->milliseconds;
}

int
deploy_attempts_first_timeout(const FileRunner *runner, const PlanStep *step)
{
	int			longest = longest_timeout(runner, step);

	return retry_for(runner, step) == 0 ? longest :
		Min(longest, FIRST_TIMEOUT);
}

void
deploy_attempts_begin(Attempts *attempts, const FileRunner *runner,
					  const PlanStep *step)
{
	memset(attempts, 0, sizeof(*attempts));
	attempts->runner = runner;
	attempts->step = step;
	attempts->start = clock_milliseconds();
	attempts->until = attempts->start + retry_for(runner, step);
	attempts->lock_timeout = deploy_attempts_first_timeout(runner, step);
}

void
deploy_attempts_count(Attempts *attempts, const FileRun *run)
{
	OthersWaited *others = &attempts->others;

	attempts->is_waiting = false;
	others->sessions += run->others.sessions;
	others->longest = Max(others->longest, run->others.longest);
}

const char *
deploy_attempts_obstacle(const Attempts *attempts)
{
	static char text[MAXPGPATH + 256];
	const ScriptOutline *outline = attempts->step->outline;

	if (attempts->runner->options->is_rehearsal)
		return "";
	if (!script_outline_is_whole(outline))
		return "It is not tried again, as it is not one transaction.";
	if (outline->outer_line > 0)
	{
		snprintf(text, sizeof(text), "It is not tried again, as line %d of %s "
				 "acts outside the database, or outside the transaction: %s.",
				 outline->outer_line, report_printable(outline->outer_path),
				 outline->outer_what);
		return text;
	}
	if (outline->unseen_line > 0)
	{
		snprintf(text, sizeof(text), "It is not tried again, as line %d may "
				 "end its transaction: what psql runs there cannot be read "
				 "before.", outline->unseen_line);
		return text;
	}
	return clock_milliseconds() >= attempts->until ? "" : NULL;
}

/*
 * Wait for so many milliseconds.  Returns false if we are asked to stop, or
 * have tried for long enough.
 */
static bool
do_nothing(const Attempts *attempts, int64 milliseconds)
{
	int64		end = Min(clock_milliseconds() + milliseconds,
						  attempts->until);
	int64		left;

	while (interruption_count() == 0 &&
		   (left = end - clock_milliseconds()) > 0)
		(void) interruption_poll(-1, 0, (int) left);
	watch_progress_tick(attempts->runner->progress);
	return interruption_count() == 0 &&
		clock_milliseconds() < attempts->until;
}

/*
 * Look what they do for whom we wait.  Returns false if the server does not
 * answer.
 */
static bool
look(Attempts *attempts)
{
	Observer   *observer = attempts->runner->observer;
	PGresult   *now = watch_observer_look(observer, attempts->whom);

	if (now == NULL && watch_observer_reconnect(observer))
		now = watch_observer_look(observer, attempts->whom);
	if (now == NULL)
		return false;
	PQclear(attempts->now);
	attempts->now = now;
	return true;
}

/* Show for whom we wait, which we do since then. */
static void
show(Attempts *attempts, int64 start)
{
	bool		is_long = !attempts->is_told &&
		clock_milliseconds() - start >= TELL_AFTER;

	run_waiting_show(attempts->runner, attempts->now, attempts->whom,
					 is_long);
	attempts->is_told |= is_long;
}

/*
 * Wait until those have gone whose transactions had lasted for so many
 * milliseconds when they were seen, which are these; they are taken over.
 */
static bool
wait_for(Attempts *attempts, PGresult *whom, int64 least)
{
	int64		start = clock_milliseconds();
	int64		pause;

	if (attempts->whom == NULL ||
		!watch_blockers_are_same(attempts->whom, whom))
		attempts->is_told = false;
	PQclear(attempts->whom);
	attempts->whom = whom;
	while (look(attempts) &&
		   watch_blockers_remain(whom, least, attempts->now))
	{
		show(attempts, start);
		pause = (clock_milliseconds() - start) / 10;
		if (!do_nothing(attempts, Max(SHORTEST_PAUSE,
									  Min(pause, LONGEST_PAUSE))))
			return false;
	}
	return true;
}

/*
 * Those who were in the way of the last attempt are gone: wait for others who
 * have been in the way for longer than the next one is to wait for them.
 */
static bool
wait_for_others(Attempts *attempts)
{
	PGresult   *now = attempts->now;
	int64		least = Max(attempts->lock_timeout, FIRST_TIMEOUT);

	if (now == NULL || !watch_blockers_remain(now, least, now))
		return true;
	attempts->now = NULL;
	return wait_for(attempts, now, least);
}

/* Find out how long the next attempt is to wait for a lock. */
static void
find_timeout(Attempts *attempts, const PGresult *seen)
{
	int64		longest = longest_timeout(attempts->runner, attempts->step);
	bool		is_same = seen != NULL && attempts->seen != NULL &&
		watch_blockers_are_same(seen, attempts->seen);

	if (attempts->count > 1 && !is_same)
		attempts->lock_timeout = (int) Min(2 * (int64) attempts->lock_timeout,
										   longest);
}

/*
 * Are these such as give way if they are waited for?  Then the next attempt
 * does so, if it may.
 */
static bool
give_way(Attempts *attempts, const PGresult *seen)
{
	int64		longest = longest_timeout(attempts->runner, attempts->step);
	int64		timeout;

	if (!watch_blockers_yield(seen, &timeout))
		return false;
	timeout += MARGIN;
	if (attempts->lock_timeout >= timeout || timeout > longest)
		return false;
	attempts->lock_timeout = (int) timeout;
	return true;
}

/* Nobody was seen: wait for a while that is not the same for all. */
static bool
wait_blindly(const Attempts *attempts)
{
	int			longest = BLIND_PAUSE;

	if (attempts->count < 5)
		longest = Min(longest, 50 << attempts->count);
	return do_nothing(attempts, longest / 2 +
					  (getpid() + clock_milliseconds()) % (longest / 2));
}

/* Wait until those have gone who were in the way of the last attempt. */
static bool
wait_for_all(Attempts *attempts)
{
	if (attempts->seen == NULL)
		return wait_blindly(attempts);
	return give_way(attempts, attempts->seen) ||
		(wait_for(attempts,
				  PQcopyResult(attempts->seen, PG_COPYRES_TUPLES), 0) &&
		 wait_for_others(attempts));
}

bool
deploy_attempts_wait(Attempts *attempts, FileRun *run)
{
	attempts->count++;
	find_timeout(attempts, run->blockers);
	PQclear(attempts->seen);
	attempts->seen = run->blockers;
	run->blockers = NULL;
	attempts->is_waiting = true;
	if (!wait_for_all(attempts))
		return false;
	PQclear(attempts->now);
	attempts->now = NULL;
	watch_progress_note(attempts->runner->progress, NULL);
	return true;
}

const PGresult *
deploy_attempts_blockers(const Attempts *attempts, const FileRun *run,
						 const PGresult **seen)
{
	*seen = NULL;
	if (!attempts->is_waiting)
		return run->blockers;
	if (attempts->now == NULL)
		return attempts->seen;
	*seen = attempts->whom;
	return attempts->now;
}

void
deploy_attempts_end(Attempts *attempts)
{
	PQclear(attempts->seen);
	PQclear(attempts->whom);
	PQclear(attempts->now);
	watch_progress_note(attempts->runner->progress, NULL);
}
