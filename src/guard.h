/*-------------------------------------------------------------------------
 *
 * guard.h
 *		No change without a patch: event trigger functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_GUARD_H
#define VERSIONING_GUARD_H

/* For _PG_init(), once: sees to it that the guard is not dropped unseen. */
extern void guard_init(void);

#endif							/* VERSIONING_GUARD_H */
