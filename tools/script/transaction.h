/*-------------------------------------------------------------------------
 *
 * script/transaction.h
 *		Whether a transaction is open, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_TRANSACTION_H
#define SCRIPT_TRANSACTION_H

#include "psql/command.h"
#include "script/statement.h"

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

/* A statement is run: know afterwards whether a transaction is open. */
extern void script_transaction_follow(TransactionState *state,
									  const ScriptStatement *statement);

/* Does a meta-command switch AUTOCOMMIT, and is it off then? */
extern bool script_transaction_switches(const PsqlCommand *command,
										bool *is_off);

/*
 * What of a script can be kept without the rest: a transaction that is
 * committed, and a statement outside one
 */
typedef struct TransactionParts
{
	TransactionState transaction;	/* as it is at the end */
	int			count;
	int			alone_line;		/* of the first such statement, or 0 */
	int			outside_line;	/* if there are several: the first line that
								 * is not in the transaction that registers */
} TransactionParts;

/*
 * Find these parts, given all statements, and whether there is a transaction
 * around them.
 */
extern void script_transaction_parts(const ScriptStatement *statements,
									 int count, bool is_wrapped,
									 TransactionParts *parts);

#endif							/* SCRIPT_TRANSACTION_H */
