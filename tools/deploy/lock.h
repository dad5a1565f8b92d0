/*-------------------------------------------------------------------------
 *
 * deploy/lock.h
 *		One deployer at a time
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_LOCK_H
#define DEPLOY_LOCK_H

#include "base/status.h"
#include "libpq-fe.h"

/*
 * The advisory locks: DEPLOY_LOCK is the deployer's, exclusively.
 * DEPLOY_LOCK_SESSION the session has, shared, that runs its files: it may
 * outlive a deployer that was killed.  Both belong to this class ("vers").
 */
#define DEPLOY_LOCK_CLASS 1986359923
#define DEPLOY_LOCK 1
#define DEPLOY_LOCK_SESSION 2

typedef enum DeployAction
{
	DEPLOY_APPLY,				/* afterwards the names are registered */
	DEPLOY_ROLLBACK				/* afterwards they are not */
} DeployAction;

/* A deployer that has the lock, or none of it */
typedef struct DeployLock DeployLock;

/*
 * Wait until no other deployer is at work in the database of the connection,
 * and keep others from it, by a connection of our own.  If the status is
 * STATUS_DONE, sets the lock, which the caller releases; else there has been a
 * message.
 */
extern Status deploy_lock_acquire(int wait, PGconn *conn,
								  DeployAction action, DeployLock **lock);

/*
 * Is the session that has the lock still there, as far as can be seen without
 * asking the server?
 */
extern bool deploy_lock_is_held(DeployLock *lock);

/* Let others in, and free the lock. */
extern void deploy_lock_release(DeployLock *lock);

#endif							/* DEPLOY_LOCK_H */
