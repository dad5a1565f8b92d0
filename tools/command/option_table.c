/*-------------------------------------------------------------------------
 *
 * command/option_table.c
 *		The options of versioning, and which commands take them
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/suggestion.h"
#include "command/option_table.h"

/* Commands that run files of a plan, one after the other */
#define COMMANDS_DEPLOY (COMMAND_APPLY | COMMAND_ROLLBACK)
#define COMMANDS_RUN_FILES (COMMANDS_DEPLOY | COMMAND_REHEARSE)
#define COMMANDS_WITH_VARIABLES (COMMANDS_RUN_FILES | COMMAND_SANDBOX)

/* Commands that need no files, and no database */
#define COMMANDS_WITH_FILES \
	(COMMANDS_ALL & ~(COMMAND_HELP | COMMAND_JOBS | COMMAND_RUN | \
	 COMMAND_PAUSE | COMMAND_RESUME | COMMAND_CANCEL))
#define COMMANDS_WITH_DATABASE (COMMANDS_ALL & ~COMMAND_HELP)

const OptionRow command_option_table[] = {
	{"dry-run", 'n', NULL, "print the plan, do nothing", COMMANDS_DEPLOY,
	false},
	{"json", OPTION_JSON, NULL, "print JSON, an event a line",
	COMMANDS_DEPLOY, false},
	{"json", OPTION_JSON, NULL, "print JSON", COMMAND_STATUS | COMMAND_JOBS,
	false},
	{"exit-code", OPTION_EXIT_CODE, NULL,
	"exit with 5 if some are not applied", COMMAND_STATUS, false},
	{"parallel", OPTION_PARALLEL, "N", "so many sessions work on a job",
	COMMAND_RUN, true},
	{"run-jobs", OPTION_RUN_JOBS, NULL, "run the jobs that patches wait for",
	COMMAND_APPLY, false},
	{"restart-at", OPTION_RESTART_AT, "LINE",
	"where an unfinished patch goes on", COMMAND_APPLY, false},
	{"cascade", OPTION_CASCADE, NULL, "what requires the patches, too",
	COMMAND_ROLLBACK, false},
	{"last", OPTION_LAST, "N", "the N patches applied last",
	COMMAND_ROLLBACK, false},
	{"template", OPTION_TEMPLATE, "DB", "begin with a copy of this database",
	COMMAND_REHEARSE, false},
	{"disable", OPTION_DISABLE, "A,B", "do not report these findings",
	COMMAND_CHECK, true},
	{"requires", OPTION_REQUIRES, "A,B", "what the patch requires",
	COMMAND_NEW, false},
	{"recipe", OPTION_RECIPE, "RECIPE",
	"write the patches of a recipe, with the values\n"
	"that NAME=VALUE arguments and -d say", COMMAND_NEW, false},
	{"list-recipes", OPTION_LIST_RECIPES, NULL,
	"print which recipes there are", COMMAND_NEW, false},

	{"data", OPTION_DATA, "FILE...", "run these scripts after the patches",
	COMMAND_SANDBOX, true},
	{"with-patches", OPTION_WITH_PATCHES, "A,B",
	"apply these and what they require, instead of all", COMMAND_SANDBOX,
	false},
	{"empty", OPTION_EMPTY, NULL, "apply no patches", COMMAND_SANDBOX, false},
	{"run", OPTION_RUN, "COMMAND",
	"run a command in a sandbox, drop that, and exit as it\n"
	"has; the NAME may be left out", COMMAND_SANDBOX, false},
	{"env", OPTION_ENV, NULL, "print variables for the shell's eval",
	COMMAND_SANDBOX, false},
	{"older-than", OPTION_OLDER_THAN, "TIME",
	"drop: those older than that, such as 7d, and not in use,\n"
	"and templates that no sandbox needs", COMMAND_SANDBOX, false},
	{"json", OPTION_JSON, NULL, "list: print JSON", COMMAND_SANDBOX, false},

	{"variable", 'v', "NAME=VALUE", "set a variable of psql",
	COMMANDS_WITH_VARIABLES, true},
	{"set", 'v', "NAME=VALUE", NULL, COMMANDS_WITH_VARIABLES, false},
	{"wait", OPTION_WAIT, "SECONDS",
	"how long to wait for another deployer (default: 60)", COMMANDS_DEPLOY,
	true},
	{"lock-timeout", OPTION_LOCK_TIMEOUT, "TIME",
	"how long an attempt waits for a lock, such as 500ms\n"
	"(default: 2s; 0: as long as it takes)", COMMANDS_DEPLOY, true},
	{"retry-for", OPTION_RETRY_FOR, "TIME",
	"how long to try again what lacks a lock\n"
	"(default: 10min; 0: try once)", COMMANDS_DEPLOY, true},
	{"max-stall", OPTION_MAX_STALL, "TIME",
	"cancel what makes others wait so long, such as 2s", COMMANDS_DEPLOY,
	true},
	{"verbose", OPTION_VERBOSE, NULL, "show what psql prints",
	COMMANDS_RUN_FILES, false},
	{"psql", OPTION_PSQL, NULL, NULL, COMMANDS_RUN_FILES, false},

	{"patches", OPTION_PATCHES, "DIR|FILE",
	"where patches are (default: patches)", COMMANDS_WITH_FILES, true},
	{"rollbacks", OPTION_ROLLBACKS, "DIR|FILE",
	"where rollbacks are (default: rollbacks)", COMMANDS_WITH_FILES, true},
	{"quiet", 'q', NULL, "say no more than necessary", COMMANDS_ALL, false},
	{"version", 'V', NULL, "show the version, then exit", COMMANDS_ALL,
	false},
	{"help", OPTION_HELP, NULL, "show this help, then exit", COMMANDS_ALL,
	false},

	{"dbname", 'd', "NAME", "database, connection string, or target",
	COMMANDS_WITH_DATABASE, true},
	{"host", 'h', "NAME", "server, or directory of its socket",
	COMMANDS_WITH_DATABASE, true},
	{"port", 'p', "PORT", "its port", COMMANDS_WITH_DATABASE, true},
	{"username", 'U', "NAME", "user", COMMANDS_WITH_DATABASE, true},
	{"no-password", 'w', NULL, "never ask for a password",
	COMMANDS_WITH_DATABASE, true},
	{"password", 'W', NULL, "ask for one in any case", COMMANDS_WITH_DATABASE,
	false},
};
const int	command_option_table_size = lengthof(command_option_table);

/* Is it the first row with its name? */
static bool
is_first(int number)
{
	int			i;

	for (i = 0; i < number; i++)
		if (strcmp(command_option_table[i].name,
				   command_option_table[number].name) == 0)
			return false;
	return true;
}

const char *
command_option_table_letters(void)
{
	static char letters[2 * lengthof(command_option_table) + 2];
	char	   *p = letters;
	int			i;

	*p = '\0';
	for (i = 0; i < command_option_table_size; i++)
		if (command_option_table[i].value < 256 &&
			strchr(letters, command_option_table[i].value) == NULL)
		{
			*p++ = (char) command_option_table[i].value;
			if (command_option_table[i].argument != NULL)
				*p++ = ':';
			*p = '\0';
		}
	*p++ = '?';
	*p = '\0';
	return letters;
}

const struct option *
command_option_table_long(void)
{
	static struct option table[lengthof(command_option_table) + 1];
	int			count = 0;
	int			i;

	for (i = 0; i < command_option_table_size; i++)
		if (is_first(i))
		{
			table[count].name = command_option_table[i].name;
			table[count].has_arg = command_option_table[i].argument != NULL ?
				required_argument : no_argument;
			table[count++].val = command_option_table[i].value;
		}
	table[count].name = NULL;
	return table;
}

const char *
command_option_table_name(int value)
{
	int			i;

	for (i = 0; i < command_option_table_size; i++)
		if (command_option_table[i].value == value)
			return command_option_table[i].name;
	return NULL;
}

int
command_option_table_commands(int value)
{
	int			commands = 0;
	int			i;

	for (i = 0; i < command_option_table_size; i++)
		if (command_option_table[i].value == value)
			commands |= command_option_table[i].commands;
	return commands;
}

const OptionRow *
command_option_table_find(const char *name)
{
	int			i;

	for (i = 0; i < command_option_table_size; i++)
		if (strcmp(command_option_table[i].name, name) == 0)
			return &command_option_table[i];
	return NULL;
}

const char *
command_option_table_suggest(const char *name)
{
	Suggestion	suggestion;
	int			i;

	suggestion_init(&suggestion, name);
	for (i = 0; i < command_option_table_size; i++)
		if (command_option_table[i].help != NULL)
			suggestion_offer(&suggestion, command_option_table[i].name);
	return suggestion.nearest;
}
