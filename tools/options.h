/*-------------------------------------------------------------------------
 *
 * options.h
 *		What the user of versioning asked for
 *
 *-------------------------------------------------------------------------
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "connection.h"
#include "fe_utils/simple_list.h"

/* Exit statuses, as the man page has them */
typedef enum Status
{
	STATUS_DONE = 0,
	STATUS_PROBLEM = 1,			/* the patches have one, nothing ran */
	STATUS_TROUBLE = 2,			/* usage, connection */
	STATUS_FAILED = 3,			/* a patch failed */
	STATUS_LOCKED = 4,			/* the lock was not to be had */
	STATUS_BEHIND = 5			/* --exit-code: not up to date */
} Status;

/* The commands, as a set */
typedef enum CommandBit
{
	COMMAND_STATUS = 1 << 0,
	COMMAND_APPLY = 1 << 1,
	COMMAND_ROLLBACK = 1 << 2,
	COMMAND_CHECK = 1 << 3,
	COMMAND_GRAPH = 1 << 4,
	COMMAND_NEW = 1 << 5,
	COMMAND_REHEARSE = 1 << 6
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
	const char *argv0;			/* how we were called: psql may be beside */
	ConnectionOptions connection;
	bool		wants_connection;	/* the command line names a database */

	SimpleStringList patches;	/* places of patch files */
	SimpleStringList rollbacks; /* places of rollback files */
	bool		is_quiet;
	bool		is_verbose;

	bool		is_json;		/* status */
	bool		has_exit_code;	/* status */
	bool		is_dry_run;		/* apply, rollback */
	SimpleStringList variables; /* NAME=VALUE for psql */
	int			wait;			/* seconds to wait for the lock */
	bool		is_cascade;		/* rollback */
	int			last;			/* rollback: how many, or 0 */
	SimpleStringList disabled;	/* check: findings not wanted */
	const char *requirements;	/* new: names between commas, or NULL */
	const char *template;		/* rehearse: a database, or NULL */
	bool		forces_psql;	/* psql is to run all files: for tests */
	bool		is_rehearsal;	/* it counts the files that it runs itself */

	char	  **names;			/* the PATCH arguments */
	int			name_count;
} Options;

extern OptionsWish options_read(Options *options, int argc, char **argv);
extern void options_check(const Options *options, CommandBit command);
extern void options_usage_error(const char *format,...)
			pg_attribute_printf(1, 2);
extern void options_free(Options *options);

/* The commands, each in a file of its name */
extern Status command_status(Options *options);
extern Status command_apply(Options *options);
extern Status command_rollback(Options *options);
extern Status command_check(Options *options);
extern Status command_graph(Options *options);
extern Status command_new(Options *options);
extern Status command_rehearse(Options *options);

#endif							/* OPTIONS_H */
