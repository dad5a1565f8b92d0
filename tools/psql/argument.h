/*-------------------------------------------------------------------------
 *
 * psql/argument.h
 *		The arguments of psql's meta-commands
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_ARGUMENT_H
#define PSQL_ARGUMENT_H

#include "psql/command.h"

typedef enum PsqlCondition
{
	PSQL_FALSE,
	PSQL_TRUE,
	PSQL_DEPENDS				/* on a variable or a program */
} PsqlCondition;

/*
 * Read the next argument of a command of which "rest" is left, and pass it.
 * Returns false if there is none.  The value is to be freed by the caller;
 * it is NULL if it depends on more than the script.
 */
extern bool psql_argument_next(PsqlCommand *rest, char **value);

/* Is there an argument? */
extern bool psql_argument_is_given(const PsqlCommand *command);

/*
 * The name of a file, which is the first argument of a command, or after FROM
 * in a \copy: psql takes semicolons off its end.  To be freed by the caller;
 * NULL if there is none, or if it depends on more than the script.
 */
extern char *psql_argument_file(const PsqlCommand *command);

/* Does psql take this value of a variable for "off"? */
extern bool psql_argument_is_off(const char *value);

/*
 * What \if or \elif make of their arguments, of which there may be only one.
 * psql takes what is no boolean for false.
 */
extern PsqlCondition psql_argument_condition(const PsqlCommand *command);

#endif							/* PSQL_ARGUMENT_H */
