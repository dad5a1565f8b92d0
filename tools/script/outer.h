/*-------------------------------------------------------------------------
 *
 * script/outer.h
 *		What is not undone with the transaction that it stands in
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_OUTER_H
#define SCRIPT_OUTER_H

#include "psql/command.h"
#include "sql/words.h"

/*
 * Does a meta-command do something outside the database, such as write a file
 * or run a program?  Returns a few words that say what, or NULL.
 */
extern const char *script_outer_command(const PsqlCommand *command);

/* The same of the statement that begins with the current word. */
extern const char *script_outer_statement(StatementWords words);

#endif							/* SCRIPT_OUTER_H */
