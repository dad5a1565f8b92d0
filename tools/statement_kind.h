/*-------------------------------------------------------------------------
 *
 * statement_kind.h
 *		What a statement is to the transaction that it stands in
 *
 *-------------------------------------------------------------------------
 */
#ifndef STATEMENT_KIND_H
#define STATEMENT_KIND_H

#include "statement_words.h"

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

extern StatementKind statement_kind_find(StatementWords words, bool *chains);

#endif							/* STATEMENT_KIND_H */
