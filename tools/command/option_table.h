/*-------------------------------------------------------------------------
 *
 * command/option_table.h
 *		The options of versioning, what they set, and which commands take them
 *
 * To add an option: a row in the table, and what it sets in struct Options.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_OPTION_TABLE_H
#define COMMAND_OPTION_TABLE_H

#include "command/conf.h"
#include "database/connection.h"
#include "fe_utils/simple_list.h"
#include "getopt_long.h"
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
	COMMAND_CANCEL = 1 << 11,
	COMMAND_INIT = 1 << 12,
	COMMAND_HELP = 1 << 13,
	COMMAND_MARK = 1 << 14,
	COMMAND_UNMARK = 1 << 15,
	COMMAND_ACCEPT = 1 << 16,
	COMMAND_BASELINE = 1 << 17,
	COMMAND_LOG = 1 << 18,
	COMMAND_SHOW = 1 << 19,
	COMMAND_BLAME = 1 << 20,
	COMMAND_VERIFY = 1 << 21,
	COMMAND_SANDBOX = 1 << 22,
	COMMAND_DIFF = 1 << 23,
	COMMAND_LAST_BIT = 1 << 23
} CommandBit;

#define COMMANDS_ALL (2 * COMMAND_LAST_BIT - 1)

/* What the user asked for */
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

/* What becomes of an option, and of its argument */
typedef enum OptionKind
{
	OPTION_FLAG,				/* bool: true */
	OPTION_TEXT,				/* const char *: the argument */
	OPTION_LIST,				/* SimpleStringList: one more */
	OPTION_PLACES,				/* the same: directories or files */
	OPTION_VARIABLE,			/* the same: NAME=VALUE */
	OPTION_COUNT,				/* int: from 0 */
	OPTION_NUMBER,				/* int: from 1 */
	OPTION_TIME,				/* int64: milliseconds */
	OPTION_COLOR,				/* see base/color.h */
	OPTION_NEVER_ASK,			/* PasswordPrompt */
	OPTION_ALWAYS_ASK,
	OPTION_VERSION,				/* nothing else is done */
	OPTION_HELP
} OptionKind;

typedef struct OptionRow
{
	const char *name;			/* without the dashes */
	char		letter;			/* 0: it has none */
	const char *argument;		/* what its argument is called, or NULL */
	OptionKind	kind;
	size_t		offset;			/* of what it sets, in struct Options */
	int			commands;		/* those that take it */
	bool		is_key;			/* versioning.conf may have it */
	const char *help;			/* NULL: it is not shown */
} OptionRow;

/*
 * All of them.  An option that means different things to different commands
 * has several rows, which set the same.
 */
extern const OptionRow command_option_table[];
extern const int command_option_table_size;

/* The first row of a name, or NULL. */
extern const OptionRow *command_option_table_find(const char *name);

/* The letters, and the table, as getopt_long takes them; in static memory. */
extern const char *command_option_table_letters(void);
extern const struct option *command_option_table_long(void);

/* The first row of what getopt_long returns, or NULL. */
extern const OptionRow *command_option_table_row(int value);

/*
 * The commands that take an option, on the command line, or as a key of
 * versioning.conf.
 */
extern int	command_option_table_commands(const char *name, bool is_key);

/* The name that was probably meant by one that is not there, or NULL. */
extern const char *command_option_table_suggest(const char *name);

#endif							/* COMMAND_OPTION_TABLE_H */
