/*-------------------------------------------------------------------------
 *
 * script/ban.h
 *		Statements that cannot be run inside of a transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_BAN_H
#define SCRIPT_BAN_H

#include "sql/words.h"

extern const char *script_ban_find(StatementWords words);
extern const char *script_ban_find_outside(StatementWords words);

#endif							/* SCRIPT_BAN_H */
