/*-------------------------------------------------------------------------
 *
 * script/ban.h
 *		Statements that cannot be run inside a transaction
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_BAN_H
#define SCRIPT_BAN_H

#include "sql/words.h"

/*
 * What is the statement that begins with the current word, if it cannot be run
 * inside a transaction?  Returns a few words, or NULL if it can.
 */
extern const char *script_ban_find(StatementWords words);

/*
 * What is the statement that begins with the current word, if it cannot be run
 * outside a transaction?  Returns a few words, or NULL if it can.
 */
extern const char *script_ban_find_outside(StatementWords words);

#endif							/* SCRIPT_BAN_H */
