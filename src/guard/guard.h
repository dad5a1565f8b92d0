/*-------------------------------------------------------------------------
 *
 * guard/guard.h
 *		No change without a patch: event trigger functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef GUARD_H
#define GUARD_H

/* For _PG_init(), once: sees to it that the guard is not dropped unseen. */
extern void guard_init(void);

#endif							/* GUARD_H */
