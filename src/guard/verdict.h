/*-------------------------------------------------------------------------
 *
 * guard/verdict.h
 *		Does a command change anything that needs a patch?
 *
 *-------------------------------------------------------------------------
 */
#ifndef GUARD_VERDICT_H
#define GUARD_VERDICT_H

#include "nodes/nodes.h"

typedef struct Verdict
{
	Node	   *command;		/* set by the caller */
	bool		is_change;		/* that needs a patch */
	char	   *object;			/* what it changes, or NULL if not known */
} Verdict;

/*
 * Finds out whether verdict->command needs a patch, in an event trigger on
 * ddl_command_end that was called for it.  For attempt_run(): takes a Verdict.
 * Raises what a look at the catalogs may raise.
 */
extern void guard_verdict_reach(void *verdict);

/*
 * Does this command do what an error at its end does not undo?  Those with
 * CONCURRENTLY commit on their way, those on subscriptions have done something
 * on another server.
 */
extern bool guard_verdict_is_final(Node *command);

/*
 * Will it do so with something that is there, and permanent?  (On a temporary
 * table, CONCURRENTLY says nothing.)
 */
extern bool guard_verdict_will_be_final(Node *command);

#endif							/* GUARD_VERDICT_H */
