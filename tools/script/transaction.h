/*-------------------------------------------------------------------------
 *
 * script/transaction.h
 *		Whether a transaction is open, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_TRANSACTION_H
#define SCRIPT_TRANSACTION_H

#include "script/statement.h"
#include "script/walk.h"

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

/*
 * A statement is run: know afterwards whether a transaction is open.  Returns
 * its kind.
 */
extern StatementKind
			script_transaction_follow(TransactionState *state,
									  const ScriptStatement *statement);

/*
 * A meta-command is run.  Returns true if it switches AUTOCOMMIT off, so that
 * it is for the script to commit from here on.
 */
extern bool script_transaction_obey(TransactionState *state,
									const PsqlCommand *command);

#endif							/* SCRIPT_TRANSACTION_H */
