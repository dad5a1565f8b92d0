/*-------------------------------------------------------------------------
 *
 * check/transactions.h
 *		What is wrong with the transactions of a script
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_TRANSACTIONS_H
#define CHECK_TRANSACTIONS_H

#include "base/finding.h"
#include "script/outline.h"

extern void check_transactions(const char *path, const ScriptOutline *outline,
							   FindingList *findings);

#endif							/* CHECK_TRANSACTIONS_H */
