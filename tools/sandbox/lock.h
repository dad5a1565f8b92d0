/*-------------------------------------------------------------------------
 *
 * sandbox/lock.h
 *		One at a time: advisory locks on what is being made
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_LOCK_H
#define SANDBOX_LOCK_H

#include "libpq-fe.h"

/*
 * Ask for the lock on what has that name, in the database of the connection,
 * without waiting.  Returns false after a message.
 */
extern bool sandbox_lock_try(PGconn *conn, const char *name, bool *is_locked);

/*
 * Wait for it, until a signal asks us to stop, and say so unless that is to be
 * done quietly.  Returns whether we have it.
 */
extern bool sandbox_lock_wait(PGconn *conn, const char *name, bool is_quiet);

/* Wait a little before asking again. */
extern void sandbox_lock_pause(void);

/* Let others have it. */
extern void sandbox_lock_release(PGconn *conn, const char *name);

#endif							/* SANDBOX_LOCK_H */
