/*-------------------------------------------------------------------------
 *
 * deploy/waiting.h
 *		For whom a file waits while it is run
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_WAITING_H
#define DEPLOY_WAITING_H

#include "deploy/file.h"

/* What is known of a file that is run; times are of clock_milliseconds() */
typedef struct Waiting
{
	const FileRunner *runner;
	int64		start;			/* when it began to be run */
	int64		next;			/* when to look again */
	int64		since;			/* when it was first seen to wait for them */
	int64		last;			/* when it was last seen to */
	PQExpBufferData who;		/* for whom it waited then; empty: nobody */
	PQExpBufferData blockers;	/* the same, with what they do */
	bool		is_told;
} Waiting;

/* A file begins. */
extern void deploy_waiting_begin(Waiting *waiting, const FileRunner *runner);

/*
 * For how many milliseconds to wait for other things, which may take as long
 * as that (-1: no limit), before deploy_waiting_look() has something to do.
 */
extern int	deploy_waiting_timeout(const Waiting *waiting, int timeout);

/* Look whether that backend waits, and tell if it is for long. */
extern void deploy_waiting_look(Waiting *waiting, int pid);

/* It has ended: note in its run for whom it was waiting shortly before. */
extern void deploy_waiting_end(Waiting *waiting, FileRun *run);

#endif							/* DEPLOY_WAITING_H */
