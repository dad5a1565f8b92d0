/*-------------------------------------------------------------------------
 *
 * command/target.h
 *		What versioning.conf says, and which of its targets is meant
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_TARGET_H
#define COMMAND_TARGET_H

#include "command/options.h"

/* Commands whose first argument may be a target */
#define COMMANDS_WITH_TARGET \
	(COMMANDS_ALL & ~(COMMAND_NEW | COMMAND_INIT | COMMAND_HELP | \
	  COMMAND_DIFF))

/*
 * Read the project's versioning.conf, if the command needs it.  What the
 * command line does not say is taken from the target that is named there, or
 * else from what stands before all targets; the name of the target is taken
 * off the arguments.  What is wrong with the file ends the program.
 */
extern void command_target_read_conf(Options *options, CommandBit command);

/*
 * What a target of versioning.conf or, if there is none of that name, a
 * database or a connection string is connected to by; the command line says
 * the rest.  Nothing of it is to be freed but a password that was typed.
 */
extern void command_target_connection(Options *options, const char *name,
									  ConnectionOptions *connection);

/*
 * The target that the first argument of a command was probably meant to be, or
 * NULL.
 */
extern const char *command_target_suggest(const Options *options,
										  CommandBit command);

/* Does a connection string have a password in it? */
extern bool command_target_has_password(const char *conninfo);

#endif							/* COMMAND_TARGET_H */
