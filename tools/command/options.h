/*-------------------------------------------------------------------------
 *
 * command/options.h
 *		What the user of versioning asked for
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "database/connection.h"
#include "fe_utils/simple_list.h"
#include "run/file.h"

/* The commands, as a set */
typedef enum CommandBit
{
	COMMAND_STATUS = 1 << 0,
	COMMAND_APPLY = 1 << 1,
	COMMAND_ROLLBACK = 1 << 2,
	COMMAND_CHECK = 1 << 3,
	COMMAND_GRAPH = 1 << 4,
	COMMAND_NEW = 1 << 5,
	COMMAND_REHEARSE = 1 << 6,
	COMMAND_JOBS = 1 << 7,
	COMMAND_RUN = 1 << 8,
	COMMAND_PAUSE = 1 << 9,
	COMMAND_RESUME = 1 << 10,
	COMMAND_CANCEL = 1 << 11
} CommandBit;

/* What the command line comes down to */
typedef enum OptionsWish
{
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_COMMAND
} OptionsWish;

typedef struct Options
{
	const char *progname;
	const char *command;		/* its name */
	RunOptions	deploy;
	ConnectionOptions connection;
	bool		wants_connection;	/* the command line names a database */

	SimpleStringList patches;	/* places of patch files */
	SimpleStringList rollbacks; /* places of rollback files */
	SimpleStringList verifications; /* places of what verifies patches */

	bool		has_exit_code;	/* status */
	bool		is_dry_run;		/* apply, rollback */
	bool		runs_jobs;		/* apply */
	int			parallel;		/* run: how many sessions */
	int			restart_at;		/* apply: a line, or 0 */
	const char *to;				/* apply, rollback: a patch, or NULL */
	bool		is_cascade;		/* rollback */
	int			last;			/* rollback: how many, or 0 */
	SimpleStringList disabled;	/* check: findings not wanted */
	const char *requirements;	/* new: names between commas, or NULL */
	const char *recipe;			/* new: its name, or NULL */
	bool		lists_recipes;	/* new */
	const char *template;		/* rehearse: a database, or NULL */

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
 * Can the command do something with what was said?  A usage error ends the
 * program.
 */
extern void command_options_check(const Options *options, CommandBit command);

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
