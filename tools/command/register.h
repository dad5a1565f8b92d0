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

extern bool command_register_read(Options *options, Register **reg);

#endif							/* COMMAND_REGISTER_H */
