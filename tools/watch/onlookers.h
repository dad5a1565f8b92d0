/*-------------------------------------------------------------------------
 *
 * watch/onlookers.h
 *		Who waits for a file while it is run
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_ONLOOKERS_H
#define WATCH_ONLOOKERS_H

#include "base/name_table.h"
#include "watch/observer.h"
#include "watch/progress.h"
#include "watch/stall.h"

/* A session that waits, or has waited */
typedef struct Onlooker
{
	char		since[32];		/* when it began to, by the server's clock */
	int64		waited;			/* milliseconds, when it was last seen to */
	int64		seen;			/* when that was */
	int			look;			/* the number of that look */
	bool		is_waiting;		/* it has not been seen to go on */
} Onlooker;

/* A file that has made somebody wait too long */
typedef struct Stall
{
	int64		max;			/* for so many milliseconds */
	char	   *who;			/* has waited, and what they do */
	char	   *object;			/* for what */
	char	   *place;			/* where in the file that was locked */
} Stall;

/* What is known of them; times are of clock_milliseconds() */
typedef struct Onlookers
{
	Observer   *observer;		/* not owned */
	int64		next;			/* when to do something again */
	int64		asked;			/* when the last look was asked for */
	int			look;			/* its number */
	bool		is_prepared;	/* the statement is */
	NameTable  *pids;			/* of those seen; NULL: nobody */
	Onlooker   *items;			/* in the order of the pids' numbers */
	OthersWaited waited;		/* what has come of it so far */
	int64		max_stall;		/* milliseconds; 0: as long as it takes */
	StallWatch *watch;			/* of the file; NULL: there is no such limit */
	Stall		stall;			/* if that was too long */
	int64		stopped;		/* when the file was cancelled, or 0 */
} Onlookers;

/*
 * A zeroed one is ready for this, once: they are looked at by an observer.  If
 * somebody waits for max_stall milliseconds, the file is cancelled; 0: never.
 */
extern void watch_onlookers_open(Onlookers *onlookers, Observer *observer,
								 int64 max_stall);

/* The file of a step begins to be run. */
extern void watch_onlookers_begin(Onlookers *onlookers,
								  const PlanStep *step);

/*
 * Look who waits for the backend that runs the file, if it is time to.  Does
 * not wait for the server.
 */
extern void watch_onlookers_look(Onlookers *onlookers, int pid);

/* The file has ended, and with it all waiting: what has come of it? */
extern OthersWaited watch_onlookers_end(Onlookers *onlookers);

/*
 * Was the file cancelled?  Returns NULL if not; else the result is good until
 * the next file begins.
 */
extern const Stall *watch_onlookers_stall(const Onlookers *onlookers);

/* Free what it holds. */
extern void watch_onlookers_close(Onlookers *onlookers);

#endif							/* WATCH_ONLOOKERS_H */
