/*-------------------------------------------------------------------------
 *
 * run/lock.h
 *		One deployer at a time
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include "base/status.h"
#include "libpq-fe.h"

/*
 * The advisory locks: RUN_LOCK is the deployer's, exclusively.
 * RUN_LOCK_SESSION the session has, shared, that runs its files: it may
 * outlive a deployer that was killed.  Both belong to this class ("vers").
 */
#define RUN_LOCK_CLASS 1986359923
#define RUN_LOCK 1
#define RUN_LOCK_SESSION 2

typedef enum DeployAction
{
	DEPLOY_APPLY,				/* afterwards the names are registered */
	DEPLOY_ROLLBACK				/* afterwards they are not */
} DeployAction;

/* A deployer that has the lock, or none of it */
typedef struct RunLock RunLock;

/*
 * Wait until no other deployer is at work in the database of the connection,
 * and keep others from it, by a connection of our own.  If the status is
 * STATUS_DONE, sets the lock, which the caller releases; else there has been a
 * message.
 */
extern Status run_lock_acquire(int wait, PGconn *conn,
							   DeployAction action, RunLock **lock);

/*
 * Is the session that has the lock still there, as far as can be seen without
 * asking the server?
 */
extern bool run_lock_is_held(RunLock *lock);

/* Let others in, and free the lock. */
extern void run_lock_release(RunLock *lock);

#endif							/* RUN_LOCK_H */
