/*-------------------------------------------------------------------------
 *
 * script/statement.h
 *		What a statement is to the transaction that it stands in
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_STATEMENT_H
#define SCRIPT_STATEMENT_H

#include "sql/words.h"

typedef enum StatementKind
{
	STATEMENT_WORK,				/* may leave something behind: most do */
	STATEMENT_SETTING,			/* of the session, a lock, an assertion */
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_PREPARE,			/* PREPARE TRANSACTION */
	STATEMENT_FINISH,			/* COMMIT PREPARED, ROLLBACK PREPARED */
	STATEMENT_SAVEPOINT			/* and what goes back to one */
} StatementKind;

/*
 * The kind of the statement that begins with the current word.  "chains" tells
 * whether it ends a transaction and begins the next one, as COMMIT AND CHAIN.
 */
extern StatementKind script_statement_kind(StatementWords words, bool *chains);

#endif							/* SCRIPT_STATEMENT_H */
