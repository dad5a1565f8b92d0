/*-------------------------------------------------------------------------
 *
 * run/waiting.h
 *		For whom a file waits while it is run
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_WAITING_H
#define RUN_WAITING_H

#include "run/file.h"

/* What is known of a file that is run; times are of clock_milliseconds() */
typedef struct Waiting
{
	const FileRunner *runner;
	int64		next;			/* when to look again */
	int64		since;			/* when it was first seen to wait for them */
	int64		last;			/* when it was last seen to */
	PGresult   *seen;			/* for whom it waited then, or NULL: nobody */
	bool		is_over;		/* the last look has seen nobody */
	bool		has_failed;		/* so nobody will be seen, and that was it */
	bool		is_told;
} Waiting;

/* A file begins. */
extern void run_waiting_begin(Waiting *waiting, const FileRunner *runner);

/*
 * For how many milliseconds to wait for other things before
 * run_waiting_look() has something to do.
 */
extern int	run_waiting_timeout(const Waiting *waiting);

/*
 * Show how time goes by, and look whether that backend waits, which is told
 * if it is for long, and who waits for it.
 */
extern void run_waiting_look(Waiting *waiting, int pid);

/* It has failed, though it has not ended yet: remember who was seen. */
extern void run_waiting_fail(Waiting *waiting);

/*
 * Show for whom a file waits: on a terminal in a few words, elsewhere in full,
 * which is for those for whom it waits long and who were not told of.  See
 * watch_blockers_append().
 */
extern void run_waiting_show(const FileRunner *runner,
							 const PGresult *blockers,
							 const PGresult *seen, bool is_long);

/*
 * Had it been waiting for a lock, when it failed at that time, until its
 * lock_timeout has come to an end, which we have set so, or in a deadlock?
 * This goes by what was seen, and is for those whom nobody tells.
 */
extern bool run_waiting_has_failed(const Waiting *waiting,
								   int lock_timeout, int64 when);

/* It has ended: note in its run for whom it was waiting shortly before. */
extern void run_waiting_end(Waiting *waiting, FileRun *run);

#endif							/* RUN_WAITING_H */
