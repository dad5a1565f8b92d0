/*-------------------------------------------------------------------------
 *
 * command/options.h
 *		What the user of versioning asked for
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "command/conf.h"
#include "command/option_table.h"
#include "database/connection.h"
#include "fe_utils/simple_list.h"
#include "run/file.h"

/* What the command line comes down to */
typedef enum OptionsWish
{
	OPTIONS_HELP,				/* of the command, if one is named */
	OPTIONS_VERSION,
	OPTIONS_NOTHING,			/* there are no arguments at all */
	OPTIONS_COMMAND
} OptionsWish;

typedef struct Options
{
	const char *progname;
	const char *command;		/* its name, or NULL */
	RunOptions	deploy;
	ConnectionOptions connection;
	bool		wants_connection;	/* the command line names a database */
	Conf		conf;			/* the project's file */
	const char *target;			/* one of the file's, or NULL */

	SimpleStringList patches;	/* places of patch files */
	SimpleStringList rollbacks; /* places of rollback files */

	bool		has_exit_code;	/* status */
	bool		is_dry_run;		/* apply, rollback */
	bool		runs_jobs;		/* apply */
	int			parallel;		/* run: how many sessions */
	int			restart_at;		/* apply: a line, or 0 */
	bool		is_cascade;		/* rollback */
	int			last;			/* rollback: how many, or 0 */
	SimpleStringList disabled;	/* check: findings not wanted */
	const char *requirements;	/* new: names between commas, or NULL */
	const char *recipe;			/* new: its name, or NULL */
	bool		lists_recipes;	/* new */
	const char *template;		/* rehearse: a database, or NULL */
	bool		says_yes;		/* mark, unmark, accept */

	char	  **names;			/* the PATCH or JOB arguments */
	int			name_count;
} Options;

/*
 * Read the command line.  A usage error ends the program.  The words that
 * are no options are the command line's own, as getopt_long leaves them.
 */
extern OptionsWish command_options_read(Options *options, int argc,
										char **argv);

/*
 * Take in the project's versioning.conf: what the command line does not say is
 * said by the target that is named, or else by what stands before all of them.
 * Then look whether the command can do something with what was said.  A usage
 * error, or one of the file, ends the program.
 */
extern void command_options_complete(Options *options, CommandBit command);

/*
 * What a target of versioning.conf or, if there is none of that name, a
 * database or a connection string is connected to by; the command line says
 * the rest.  Nothing of it is to be freed but a password that was typed.
 */
extern void command_options_connection(Options *options, const char *name,
									   ConnectionOptions *connection);

/* Does a connection string have a password in it? */
extern bool command_options_has_password(const char *conninfo);

/*
 * Append the names that stand between the commas of a text, without the blanks
 * around them; what is empty is one, too.
 */
extern void command_options_split(const char *text, SimpleStringList *names);

/* Say what is wrong with the command line and how to get help, and exit. */
extern void command_options_error(const char *format,...)
			pg_attribute_printf(1, 2);

/* Free what reading the command line, and a password, has taken. */
extern void command_options_free(Options *options);

#endif							/* COMMAND_OPTIONS_H */
