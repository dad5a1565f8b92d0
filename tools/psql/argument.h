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

extern bool psql_argument_next(PsqlCommand *rest, char **value);
extern char *psql_argument_file(const PsqlCommand *command);
extern bool psql_argument_is_off(const char *value);

#endif							/* PSQL_ARGUMENT_H */
