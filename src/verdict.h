/*-------------------------------------------------------------------------
 *
 * verdict.h
 *		Does a command change anything that needs a patch?
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_VERDICT_H
#define VERSIONING_VERDICT_H

#include "nodes/nodes.h"

typedef struct Verdict
{
	Node	   *command;		/* set by the caller */
	bool		is_change;		/* that needs a patch */
	char	   *object;			/* what it changes, or NULL if not known */
} Verdict;

extern void verdict_reach(void *verdict);
extern bool verdict_is_final(Node *command);
extern bool verdict_will_be_final(Node *command);

#endif							/* VERSIONING_VERDICT_H */
