/*-------------------------------------------------------------------------
 *
 * command/register.h
 *		The register, for commands that can do without
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_REGISTER_H
#define COMMAND_REGISTER_H

#include "command/options.h"
#include "database/register.h"

/*
 * Read the register if there is a word of a database.  If there is none,
 * "reg" is NULL.  Returns false after a message if the register should be
 * there and is not.
 */
extern bool command_register_read(Options *options, Register **reg);

#endif							/* COMMAND_REGISTER_H */
