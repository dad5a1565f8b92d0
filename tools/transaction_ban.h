/*-------------------------------------------------------------------------
 *
 * transaction_ban.h
 *		Statements that cannot be run inside of a transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRANSACTION_BAN_H
#define TRANSACTION_BAN_H

#include "statement_words.h"

extern const char *transaction_ban_find(StatementWords words);
extern const char *transaction_ban_find_outside(StatementWords words);

#endif							/* TRANSACTION_BAN_H */
