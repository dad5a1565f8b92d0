/*-------------------------------------------------------------------------
 *
 * command/help.h
 *		What versioning says of itself
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

#include "command/commands.h"

/* Print which commands there are, and what holds for all of them. */
extern void command_help_print_overview(void);

/* Print what one command does, and all options that it takes. */
extern void command_help_print(const Command *command);

/*
 * For a call without arguments: print which commands there are and where one
 * stands, the project and its database.
 */
extern void command_help_print_place(Options *options);

#endif							/* COMMAND_HELP_H */
