/*-------------------------------------------------------------------------
 *
 * command/commands.h
 *		Which commands there are
 *
 * To add one: a CommandBit in command/option_table.h, its function in
 * command/command.h, a row in command/commands.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include "command/command.h"

typedef struct Command
{
	const char *name;
	CommandBit	bit;
	Status		(*run) (Options *options);
	const char *arguments;		/* what may follow it, or "" */
	int			least;			/* how many of these it takes */
	int			most;
	const char *summary;		/* what it does, in half a line */
	const char *details;		/* what is worth knowing beyond, or NULL */
} Command;

/* Several that belong together */
typedef struct CommandGroup
{
	const char *title;
	const Command *commands;	/* up to one without a name */
} CommandGroup;

/* All of them, up to a group without a title */
extern const CommandGroup command_commands_groups[];

/* As many arguments as one likes */
#define COMMAND_ANY PG_INT32_MAX

/* Fewer or more arguments than the command takes are a usage error. */
extern void command_commands_check(const Command *command,
								   const Options *options);

/* The command of that name; if there is none, that is a usage error. */
extern const Command *command_commands_find(const char *name);

#endif							/* COMMAND_COMMANDS_H */
