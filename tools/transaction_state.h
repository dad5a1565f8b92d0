/*-------------------------------------------------------------------------
 *
 * transaction_state.h
 *		Whether a transaction is open, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRANSACTION_STATE_H
#define TRANSACTION_STATE_H

#include "script_walk.h"
#include "statement_kind.h"

typedef enum TransactionStatus
{
	TRANSACTION_NONE,
	TRANSACTION_OPEN,
	TRANSACTION_UNKNOWN			/* it depends on an \if */
} TransactionStatus;

/* A zeroed one is that at the beginning of a script. */
typedef struct TransactionState
{
	TransactionStatus status;
	ScriptPlace begin;			/* where it began, unless there is none */
	bool		is_manual;		/* AUTOCOMMIT is off */
} TransactionState;

extern StatementKind
			transaction_state_follow(TransactionState *state,
									 const ScriptStatement *statement);
extern bool transaction_state_obey(TransactionState *state,
								   const PsqlCommand *command);

#endif							/* TRANSACTION_STATE_H */
