/*-------------------------------------------------------------------------
 *
 * deploy/attempts.h
 *		Trying a file again that did not get a lock
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_ATTEMPTS_H
#define DEPLOY_ATTEMPTS_H

#include "run/file.h"

/* The attempts to run the file of a step; times are of clock_milliseconds() */
typedef struct Attempts
{
	const FileRunner *runner;
	const PlanStep *step;
	int64		start;			/* of the first attempt */
	int64		until;			/* after that, there is no other one */
	int			count;			/* how many have failed */
	int			lock_timeout;	/* of the next one, or 0: its own */
	OthersWaited others;		/* who has waited for one of them */
	PGresult   *seen;			/* who was in the way of the last, or NULL */
	PGresult   *whom;			/* for whom we wait without a lock, or NULL */
	PGresult   *now;			/* what these do now, or NULL */
	bool		is_told;
	bool		is_waiting;		/* for the next one, which may never come */
} Attempts;

/* The lock_timeout of the first attempt, in milliseconds, or 0: none is set */
extern int	deploy_attempts_first_timeout(const FileRunner *runner,
										  const PlanStep *step);

/* The first attempt begins.  Free what it holds with deploy_attempts_end. */
extern void deploy_attempts_begin(Attempts *attempts,
								  const FileRunner *runner,
								  const PlanStep *step);

/* An attempt has been made: count those who have waited for it. */
extern void deploy_attempts_count(Attempts *attempts, const FileRun *run);

/*
 * An attempt has failed, for the want of a lock.  Returns NULL if there may be
 * another one, or why not, if that is to be said; its text is overwritten by
 * the next call.
 */
extern const char *deploy_attempts_obstacle(const Attempts *attempts);

/*
 * Nothing was kept of an attempt that did not get a lock: wait until those are
 * gone who were in the way.  Returns false if that takes too long, or if we
 * are asked to stop.
 */
extern bool deploy_attempts_wait(Attempts *attempts, FileRun *run);

/*
 * Who is in the way after a run, if that was seen, or NULL; only those who are
 * among "seen" count, if that is not NULL.  They live as long as the two.
 */
extern const PGresult *deploy_attempts_blockers(const Attempts *attempts,
												const FileRun *run,
												const PGresult **seen);

/* They are over. */
extern void deploy_attempts_end(Attempts *attempts);

#endif							/* DEPLOY_ATTEMPTS_H */
