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
	ConnectionOptions given;	/* the same, as the command line has it */
	bool		wants_connection;	/* the command line names a database */
	Conf		conf;			/* the project's file */
	const char *target;			/* one of the file's, or NULL */

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
	bool		says_yes;		/* rollback, mark, unmark, accept */
	int			last;			/* rollback: how many, or 0 */
	SimpleStringList disabled;	/* check: findings not wanted */
	const char *requirements;	/* new: names between commas, or NULL */
	const char *recipe;			/* new: its name, or NULL */
	bool		lists_recipes;	/* new */
	const char *template;		/* rehearse: a database, or NULL */

	/* status, log, show, blame, check, rehearse */
	bool		only_pending;	/* status */
	const char *since;			/* log: as the user wrote it, or NULL */
	const char *by;				/* log: a role, or NULL */
	int			limit;			/* log: how many, or 0 */
	const char *format;			/* check: its name, or NULL */
	/* sandbox */
	SimpleStringList data;		/* scripts to be run after the patches */
	const char *with_patches;	/* names between commas, or NULL: all */
	bool		is_empty;		/* no patches */
	const char *sandbox_command;	/* to be run in it, or NULL */
	bool		prints_variables;	/* for the shell */
	const char *older_than;		/* drop: those that are, or NULL */
	bool		compares_all;	/* diff */
	bool		has_no_owners;
	bool		has_no_grants;

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

/* Free what reading the command line, and a password, has taken. */
extern void command_options_free(Options *options);

#endif							/* COMMAND_OPTIONS_H */
