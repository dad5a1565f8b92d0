/*-------------------------------------------------------------------------
 *
 * command/option_table.h
 *		The options of versioning, and which commands take them
 *
 * To add an option: an OPTION_ here, a row in the table, a case in
 * read_option() in command/options.c, and what it sets in struct Options.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_OPTION_TABLE_H
#define COMMAND_OPTION_TABLE_H

#include "getopt_long.h"

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

/* What getopt_long returns for options without a letter */
enum
{
	OPTION_PATCHES = 256,
	OPTION_ROLLBACKS,
	OPTION_VERBOSE,
	OPTION_PSQL,
	OPTION_JSON,
	OPTION_EXIT_CODE,
	OPTION_WAIT,
	OPTION_LOCK_TIMEOUT,
	OPTION_RETRY_FOR,
	OPTION_MAX_STALL,
	OPTION_RESTART_AT,
	OPTION_RUN_JOBS,
	OPTION_PARALLEL,
	OPTION_TO,
	OPTION_SINGLE,
	OPTION_VERIFY,
	OPTION_YES,
	OPTION_CASCADE,
	OPTION_LAST,
	OPTION_DISABLE,
	OPTION_REQUIRES,
	OPTION_RECIPE,
	OPTION_LIST_RECIPES,
	OPTION_TEMPLATE,
	OPTION_PENDING,
	OPTION_COLOR,
	OPTION_SINCE,
	OPTION_BY,
	OPTION_LIMIT,
	OPTION_FORMAT,
	OPTION_DATA,
	OPTION_WITH_PATCHES,
	OPTION_EMPTY,
	OPTION_ENV,
	OPTION_RUN,
	OPTION_OLDER_THAN,
	OPTION_ALL,
	OPTION_NO_OWNER,
	OPTION_NO_PRIVILEGES,
	OPTION_HELP
};

typedef struct OptionRow
{
	const char *name;			/* without the dashes */
	int			value;			/* its letter, or an OPTION_ */
	const char *argument;		/* what its argument is called, or NULL */
	const char *help;			/* NULL: it is not shown */
	int			commands;		/* those that take it */
	bool		is_key;			/* versioning.conf may have it */
} OptionRow;

/*
 * All of them.  An option that means different things to different commands
 * has several rows, with the same value.
 */
extern const OptionRow command_option_table[];
extern const int command_option_table_size;

/* The letters, and the table, as getopt_long takes them; in static memory. */
extern const char *command_option_table_letters(void);
extern const struct option *command_option_table_long(void);

/* The name of an option by its value: never NULL for one of the table. */
extern const char *command_option_table_name(int value);

/* The commands that take an option, by its value */
extern int	command_option_table_commands(int value);

/* The row of a name, or NULL. */
extern const OptionRow *command_option_table_find(const char *name);

/* The name that was probably meant by one that is not there, or NULL. */
extern const char *command_option_table_suggest(const char *name);

#endif							/* COMMAND_OPTION_TABLE_H */
