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

/*
 * What is the statement whose first word is at hand, if it cannot be run
 * inside of a transaction?  Returns a few words, or NULL if it can.
 */
extern const char *script_ban_find(StatementWords words);

/*
 * What is the statement whose first word is at hand, if it cannot be run
 * outside of a transaction?  Returns a few words, or NULL if it can.
 */
extern const char *script_ban_find_outside(StatementWords words);

#endif							/* SCRIPT_BAN_H */
