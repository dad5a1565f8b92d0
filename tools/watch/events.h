/*-------------------------------------------------------------------------
 *
 * watch/events.h
 *		A run of patches, told to programs
 *
 * Each event is an object of JSON in a line of its own, on standard output,
 * which is flushed after it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_EVENTS_H
#define WATCH_EVENTS_H

#include "plan/plan.h"

/* Who has waited for a patch while it ran */
typedef struct OthersWaited
{
	int			sessions;		/* how many have */
	int64		longest;		/* for so many milliseconds, one of them */
} OthersWaited;

/* How a patch has ended */
typedef struct StepEnd
{
	bool		has_failed;
	OthersWaited others;
	const PlanStep *at;			/* if it is a single transaction that has
								 * failed: where in it; else NULL */
	const char *reason;			/* if it has failed: a word for programs */
	const char *sqlstate;		/* of the error that has ended it, or empty */
	const char *error;			/* the text of that, with the line in the file
								 * or 0; NULL: it is not told here */
	int			line;
	bool		is_known;		/* what the register has of it, */
	bool		is_kept;		/* and that is what it should have */
	const UnfinishedPatch *unfinished;	/* how far it has come, or NULL */
	const PGresult *blockers;	/* who was in the way, or NULL, */
	const PGresult *seen;		/* of these, if that is not NULL */
} StepEnd;

/* What is to be run. */
extern void watch_events_plan(const char *action, const PatchPlan *plan);

/* A step begins, the number-th. */
extern void watch_events_begin(int number, const PlanStep *step);

/* It waits for these; see watch/blockers.h.  The text says so to people. */
extern void watch_events_waiting(int number, const PlanStep *step,
								 const char *text, const PGresult *blockers,
								 const PGresult *seen);

/* An attempt has failed for the want of a lock, after so long. */
extern void watch_events_again(int number, const PlanStep *step,
							   const OthersWaited *others,
							   const char *sqlstate, int64 milliseconds);

/* It has ended. */
extern void watch_events_step(int number, const PlanStep *step,
							  const StepEnd *end, int64 milliseconds);

/* The run has ended: so many patches are what they should be, and so on. */
extern void watch_events_end(int done, int failed, int not_attempted,
							 int64 milliseconds);

#endif							/* WATCH_EVENTS_H */
