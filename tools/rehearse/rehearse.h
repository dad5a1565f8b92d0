/*-------------------------------------------------------------------------
 *
 * rehearse/rehearse.h
 *		Applying patches, taking them back, and applying them again
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_H
#define REHEARSE_H

#include "plan/plan.h"
#include "run/lock.h"
#include "scratch/database.h"

/* What can come of a step */
typedef enum RehearsalOutcome
{
	REHEARSAL_GOOD,				/* it left nothing behind */
	REHEARSAL_LEAVING,			/* it did */
	REHEARSAL_TAKING,			/* it took away what had been there */
	REHEARSAL_MISSING,			/* it has no rollback, and should */
	REHEARSAL_FAILED,			/* a file of it failed */
	REHEARSAL_EXCUSED,			/* only applied: it needs none, it says */
	REHEARSAL_OUTCOMES			/* how many there are */
} RehearsalOutcome;

typedef struct Rehearsal
{
	const char *progname;		/* for messages */
	const RunOptions *options;
	const char *template;		/* of the scratch database, or NULL */
	PGconn	   *target;			/* where the patches are to go one day */
	const Project *project;
	PatchPlan  *plan;			/* what is to be applied */
	const bool *is_cycled;		/* which steps are to be taken back, too */

	ScratchDatabase *scratch;	/* where they go today, or NULL */
	RunLock    *lock;			/* there */

	int			counts[REHEARSAL_OUTCOMES]; /* of steps */
	bool		is_halfway;		/* a step is taken back during its jobs */
	int			gone;			/* all that were begun, rehearsed or not */
} Rehearsal;

/*
 * Create the scratch database, and be alone in it.  Returns false after a
 * message.
 */
extern bool rehearse_open(Rehearsal *rehearsal);

/* Drop the scratch database, if there is one; false after a message. */
extern bool rehearse_close(Rehearsal *rehearsal);

/*
 * Go through all steps of the plan, which has no errors, in the database that
 * is open.  If all are to be in a single transaction, that is tried before, in
 * a database of its own.  Returns STATUS_DONE if all were gone through,
 * however they fared; else there has been a message.
 */
extern Status rehearse_run(Rehearsal *rehearsal);

#endif							/* REHEARSE_H */
