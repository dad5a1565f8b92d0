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

extern void guard_verdict_reach(void *verdict);
extern bool guard_verdict_is_final(Node *command);
extern bool guard_verdict_will_be_final(Node *command);

#endif							/* GUARD_VERDICT_H */
