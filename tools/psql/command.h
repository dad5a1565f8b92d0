/*-------------------------------------------------------------------------
 *
 * psql/command.h
 *		psql's meta-commands, as far as they matter to a reader
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_COMMAND_H
#define PSQL_COMMAND_H

#include "sql/lexer.h"

typedef enum PsqlAction
{
	PSQL_NOTHING,				/* nothing that changes which queries run */
	PSQL_SEND,					/* \g and its kin: run the query */
	PSQL_SEND_RESULT,			/* \gexec: run the query, then its result */
	PSQL_DISCARD,				/* \r and its kin: forget the query */
	PSQL_QUIT,
	PSQL_ASK,					/* somebody at a terminal */
	PSQL_PROMPT,				/* the same, for a variable */
	PSQL_COPY_INPUT,			/* \copy from psql's standard input */
	PSQL_DESCRIBE,				/* \d and its kin: an error if there is
								 * nothing of the name that is given */
	PSQL_CONNECT,
	PSQL_IF,
	PSQL_ELIF,
	PSQL_ELSE,
	PSQL_ENDIF,
	PSQL_COPY_IN,				/* \copy whose data follows in the script */
	PSQL_COPY_FILE,				/* \copy from a file */

	/* What matters to who looks at more than one file */
	PSQL_INCLUDE,
	PSQL_INCLUDE_RELATIVE,		/* to the directory of the script */
	PSQL_CHANGE_DIRECTORY,
	PSQL_SET,
	PSQL_UNSET,
	PSQL_RESTRICT,
	PSQL_UNRESTRICT
} PsqlAction;

typedef struct PsqlCommand
{
	PsqlAction	action;
	const char *name;			/* points into the script */
	const char *arguments;
	size_t		length;
	const char *file;			/* that of \copy: in the arguments, or NULL */
} PsqlCommand;

/*
 * Read the command whose backslash the lexer has just passed, and leave the
 * lexer where SQL or the next command goes on.
 */
extern void psql_command_read(SqlLexer *lexer, PsqlCommand *command);

#endif							/* PSQL_COMMAND_H */
