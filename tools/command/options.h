/*-------------------------------------------------------------------------
 *
 * command/options.h
 *		What the user of versioning asked for
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "command/option_table.h"

/* What the command line comes down to */
typedef enum OptionsWish
{
	OPTIONS_HELP,				/* of the command, if one is named */
	OPTIONS_VERSION,
	OPTIONS_NOTHING,			/* there are no arguments at all */
	OPTIONS_COMMAND
} OptionsWish;

/*
 * Read the command line.  A usage error ends the program.  The words that
 * are no options are the command line's own, as getopt_long leaves them.
 */
extern OptionsWish command_options_read(Options *options, int argc,
										char **argv);

/*
 * Fill in where files are if nobody has said so, and look whether the command
 * can do something with what was said.  A usage error ends the program.
 */
extern void command_options_complete(Options *options, CommandBit command);

/* Is an option on the command line? */
extern bool command_options_is_given(const char *name);

/*
 * Give an option a value that is not on the command line, and must outlive it.
 * A usage error ends the program.
 */
extern void command_options_take(Options *options, const OptionRow *row,
								 char *value);

/* Usage errors from now on are about that line; NULL: the command line. */
extern void command_options_set_line(const Conf *conf, const ConfLine *line);

/*
 * Append the names that stand between the commas of a text, without the blanks
 * around them; what is empty is one, too.
 */
extern void command_options_split(const char *text, SimpleStringList *names);

/* Say what is wrong with the command line and how to get help, and exit. */
extern void command_options_error(const char *format,...)
			pg_attribute_printf(1, 2);

/* The same if two things are given that exclude each other. */
extern void command_options_exclude(bool are_given, const char *one,
									const char *other);

/* Free what reading the command line, and a password, has taken. */
extern void command_options_free(Options *options);

#endif							/* COMMAND_OPTIONS_H */
