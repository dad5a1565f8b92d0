/*-------------------------------------------------------------------------
 *
 * deploy_lock.h
 *		One deployer at a time
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_LOCK_H
#define DEPLOY_LOCK_H

#include "options.h"

typedef enum DeployAction
{
	DEPLOY_APPLY,				/* afterwards the names are registered */
	DEPLOY_ROLLBACK				/* afterwards they are not */
} DeployAction;

/* A deployer that has the lock, or none of it */
typedef struct DeployLock DeployLock;

extern Status deploy_lock_acquire(const Options *options, PGconn *conn,
								  DeployAction action, DeployLock **lock);
extern void deploy_lock_release(DeployLock *lock);

#endif							/* DEPLOY_LOCK_H */
