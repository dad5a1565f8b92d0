/*-------------------------------------------------------------------------
 *
 * check/transactions.h
 *		What is wrong with the transactions of a script
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_TRANSACTIONS_H
#define CHECK_TRANSACTIONS_H

#include "base/problem.h"
#include "script/outline.h"

/* Add what is wrong with the script of that outline. */
extern void check_transactions(const ScriptOutline *outline,
							   ProblemList *found);

#endif							/* CHECK_TRANSACTIONS_H */
