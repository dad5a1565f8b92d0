/*-------------------------------------------------------------------------
 *
 * rehearsal.h
 *		Applying patches, taking them back, and applying them again
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include "deploy_lock.h"
#include "patch_plan.h"
#include "scratch_database.h"

typedef struct Rehearsal
{
	const Options *options;
	PGconn	   *target;			/* where the patches are to go one day */
	const Project *project;
	const PatchPlan *plan;		/* what is to be applied */
	const bool *is_cycled;		/* which steps are to be taken back, too */

	ScratchDatabase *scratch;	/* where they go today, or NULL */
	DeployLock *lock;			/* there */

	int			good;			/* steps that left nothing behind */
	int			leaving;		/* that did */
	int			taking;			/* that took away what had been there */
	int			missing;		/* that have no rollback, and should */
	int			excused;		/* that have none, and say so */
	int			failed;			/* of which a file failed */
	int			gone;			/* all that were begun, rehearsed or not */
} Rehearsal;

extern void rehearsal_catch_signals(void);
extern bool rehearsal_is_interrupted(void);
extern bool rehearsal_open(Rehearsal *rehearsal);
extern bool rehearsal_close(Rehearsal *rehearsal);
extern Status rehearsal_run(Rehearsal *rehearsal);

#endif							/* REHEARSAL_H */
