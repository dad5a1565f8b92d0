/*-------------------------------------------------------------------------
 *
 * watch/stall.h
 *		Which line of a file has taken the lock that others wait for
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_STALL_H
#define WATCH_STALL_H

#include "plan/plan.h"

/* What is known of the locks of a file that is run */
typedef struct StallWatch StallWatch;

/* Begin to watch the file of this step; the caller frees what is returned. */
extern StallWatch *watch_stall_begin(const PlanStep *step);

/* A look begins: its backend runs a statement with this beginning. */
extern void watch_stall_statement(StallWatch *watch, const char *text);

/* In the same look it has a lock on the relation with this OID. */
extern void watch_stall_lock(StallWatch *watch, const char *relation,
							 const char *mode);

/*
 * Where the file has taken its strongest lock on a relation of this name, or
 * waits for it itself: "line 3", as far as that can be known.  The caller
 * frees the text.
 */
extern char *watch_stall_place(StallWatch *watch, const char *relation,
							   const char *name);

/* Free it. */
extern void watch_stall_free(StallWatch *watch);

#endif							/* WATCH_STALL_H */
