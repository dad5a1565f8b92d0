/*-------------------------------------------------------------------------
 *
 * deploy/attempt_note.h
 *		What the database keeps of an attempt to run a file
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_ATTEMPT_NOTE_H
#define DEPLOY_ATTEMPT_NOTE_H

#include "run/file.h"
#include "run/lock.h"

/* An attempt that has ended; nothing of it is owned */
typedef struct AttemptNote
{
	DeployAction action;
	const PlanStep *step;
	const FileRun *run;
	bool		is_done;		/* the register is as it should be after it */
	bool		is_interrupted;
	bool		is_unicode;		/* so are the client and the database */
} AttemptNote;

/*
 * Add it to _v.attempts, if there is such a table: on the observer's
 * connection, in a transaction of its own.  There is a warning if that fails.
 */
extern void deploy_attempt_note(const Observer *source,
								const AttemptNote *note);

#endif							/* DEPLOY_ATTEMPT_NOTE_H */
