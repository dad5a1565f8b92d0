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

/* Commands that change the register and run nothing */
#define COMMANDS_MARK (COMMAND_MARK | COMMAND_UNMARK | COMMAND_ACCEPT)

/* Commands that look whether patches have done what they should */
#define COMMANDS_THAT_VERIFY \
	(COMMAND_APPLY | COMMAND_REHEARSE | COMMAND_VERIFY | COMMAND_CHECK)

/* Commands that need no files, and no database */
#define COMMANDS_WITH_FILES \
	(COMMANDS_ALL & ~(COMMAND_HELP | COMMAND_JOBS | COMMAND_RUN | \
	 COMMAND_PAUSE | COMMAND_RESUME | COMMAND_CANCEL | COMMAND_UNMARK | \
	 COMMAND_LOG | COMMAND_BLAME))
#define COMMANDS_WITH_DATABASE (COMMANDS_ALL & ~COMMAND_HELP)

/* What getopt_long returns for a long option: this, and its row */
#define FIRST_LONG 256

/* What becomes of an option, and where */
#define SETS(kind, field) OPTION_##kind, offsetof(Options, field)

const OptionRow command_option_table[] = {
	{"dry-run", 'n', NULL, SETS(FLAG, is_dry_run),
	COMMANDS_DEPLOY, false,
	"print the plan, do nothing"},
	{"json", 0, NULL, SETS(FLAG, deploy.is_json),
	COMMANDS_RUN_FILES | COMMAND_VERIFY, false,
	"print JSON, an event a line"},
	{"json", 0, NULL, SETS(FLAG, deploy.is_json),
	COMMAND_STATUS | COMMAND_JOBS | COMMAND_CHECK | COMMAND_LOG | COMMAND_SHOW
	| COMMAND_BLAME | COMMAND_DIFF, false,
	"print JSON"},
	{"pending", 0, NULL, SETS(FLAG, only_pending),
	COMMAND_STATUS, false,
	"show only what is not applied"},
	{"exit-code", 0, NULL, SETS(FLAG, has_exit_code),
	COMMAND_STATUS, false,
	"exit with 5 if some are not applied"},
	{"color", 0, "WHEN", OPTION_COLOR, 0,
	COMMAND_STATUS | COMMAND_LOG | COMMAND_SHOW | COMMAND_BLAME | COMMAND_DIFF,
	true,
	"auto, always or never (default: auto)"},
	{"since", 0, "TIME", SETS(TEXT, since),
	COMMAND_LOG, false,
	"only what happened since then: a date, a time, or\n"
	"how long ago, such as \"3 days\""},
	{"by", 0, "ROLE", SETS(TEXT, by),
	COMMAND_LOG, false,
	"only what this role did"},
	{"limit", 0, "N", SETS(NUMBER, limit),
	COMMAND_LOG, false,
	"only the last N events"},
	{"format", 0, "FORM", SETS(TEXT, format),
	COMMAND_CHECK, false,
	"text, json, github, gitlab or sarif"},
	{"parallel", 0, "N", SETS(NUMBER, parallel),
	COMMAND_RUN, true,
	"so many sessions work on a job"},
	{"run-jobs", 0, NULL, SETS(FLAG, runs_jobs),
	COMMAND_APPLY, false,
	"run the jobs that patches wait for"},
	{"restart-at", 0, "LINE", SETS(NUMBER, restart_at),
	COMMAND_APPLY, false,
	"where an unfinished patch goes on"},
	{"single-transaction", 0, NULL, SETS(FLAG, deploy.is_single),
	COMMAND_APPLY, true,
	"apply all of them, or none"},
	{"single-transaction", 0, NULL, SETS(FLAG, deploy.is_single),
	COMMAND_REHEARSE, false,
	"first try all of them in one transaction"},
	{"to", 0, "PATCH", SETS(TEXT, to),
	COMMAND_APPLY, false,
	"all that are pending, up to this one"},
	{"to", 0, "PATCH", SETS(TEXT, to),
	COMMAND_ROLLBACK, false,
	"all that were applied after this one"},
	{"cascade", 0, NULL, SETS(FLAG, is_cascade),
	COMMAND_ROLLBACK, false,
	"what requires the patches, too"},
	{"last", 0, "N", SETS(NUMBER, last),
	COMMAND_ROLLBACK, false,
	"the N patches applied last"},
	{"template", 0, "DB", SETS(TEXT, template),
	COMMAND_REHEARSE, false,
	"begin with a copy of this database"},
	{"yes", 0, NULL, SETS(FLAG, says_yes),
	COMMANDS_MARK | COMMAND_ROLLBACK, false,
	"do not ask at a terminal"},
	{"all", 0, NULL, SETS(FLAG, compares_all),
	COMMAND_DIFF, false,
	"order of columns, names that the server chose, and\n"
	"statistics targets, too"},
	{"no-owner", 0, NULL, SETS(FLAG, has_no_owners),
	COMMAND_DIFF, true,
	"do not compare owners"},
	{"no-privileges", 0, NULL, SETS(FLAG, has_no_grants),
	COMMAND_DIFF, true,
	"do not compare grants"},
	{"disable", 0, "A,B", SETS(LIST, disabled),
	COMMAND_CHECK, true,
	"do not report these findings"},
	{"requires", 0, "A,B", SETS(TEXT, requirements),
	COMMAND_NEW, false,
	"what the patch requires"},
	{"recipe", 0, "RECIPE", SETS(TEXT, recipe),
	COMMAND_NEW, false,
	"write the patches of a recipe, with the values\n"
	"that NAME=VALUE arguments and -d say"},
	{"list-recipes", 0, NULL, SETS(FLAG, lists_recipes),
	COMMAND_NEW, false,
	"print which recipes there are"},

	{"data", 0, "FILE...", SETS(PLACES, data),
	COMMAND_SANDBOX, true,
	"run these scripts after the patches"},
	{"with-patches", 0, "A,B", SETS(TEXT, with_patches),
	COMMAND_SANDBOX, false,
	"apply these and what they require, instead of all"},
	{"empty", 0, NULL, SETS(FLAG, is_empty),
	COMMAND_SANDBOX, false,
	"apply no patches"},
	{"run", 0, "COMMAND", SETS(TEXT, sandbox_command),
	COMMAND_SANDBOX, false,
	"run a command in a sandbox, drop that, and exit as it\n"
	"has; the NAME may be left out"},
	{"env", 0, NULL, SETS(FLAG, prints_variables),
	COMMAND_SANDBOX, false,
	"print variables for the shell's eval"},
	{"older-than", 0, "TIME", SETS(TEXT, older_than),
	COMMAND_SANDBOX, false,
	"drop: those older than that, such as 7d, and not in use,\n"
	"and templates that no sandbox needs"},
	{"json", 0, NULL, SETS(FLAG, deploy.is_json),
	COMMAND_SANDBOX, false,
	"list: print JSON"},

	{"variable", 'v', "NAME=VALUE", SETS(VARIABLE, deploy.variables),
	COMMANDS_WITH_VARIABLES, true,
	"set a variable of psql"},
	{"set", 'v', "NAME=VALUE", SETS(VARIABLE, deploy.variables),
	COMMANDS_WITH_VARIABLES, false,
	NULL},
	{"wait", 0, "SECONDS", SETS(COUNT, deploy.wait),
	COMMANDS_DEPLOY | COMMANDS_MARK | COMMAND_BASELINE, true,
	"how long to wait for another deployer (default: 60)"},
	{"lock-timeout", 0, "TIME", SETS(TIME, deploy.lock_timeout),
	COMMANDS_DEPLOY | COMMAND_DIFF, true,
	"how long an attempt waits for a lock, such as 500ms\n"
	"(default: 2s; 0: as long as it takes)"},
	{"lock-timeout", 0, "TIME", SETS(TIME, deploy.lock_timeout),
	COMMAND_VERIFY | COMMAND_BASELINE, true,
	"how long to wait for a lock, such as 500ms\n"
	"(default: 2s; 0: as long as it takes)"},
	{"retry-for", 0, "TIME", SETS(TIME, deploy.retry_for),
	COMMANDS_DEPLOY, true,
	"how long to try again what lacks a lock\n"
	"(default: 10min; 0: try once)"},
	{"max-stall", 0, "TIME", SETS(TIME, deploy.max_stall),
	COMMANDS_DEPLOY, true,
	"cancel what makes others wait so long, such as 2s"},
	{"verbose", 0, NULL, SETS(FLAG, deploy.is_verbose),
	COMMANDS_RUN_FILES, false,
	"show what psql prints"},
	{"psql", 0, NULL, SETS(FLAG, deploy.forces_psql),
	COMMANDS_RUN_FILES, false,
	NULL},

	{"patches", 0, "DIR|FILE", SETS(PLACES, patches),
	COMMANDS_WITH_FILES, true,
	"where patches are (default: patches)"},
	{"rollbacks", 0, "DIR|FILE", SETS(PLACES, rollbacks),
	COMMANDS_WITH_FILES, true,
	"where rollbacks are (default: rollbacks)"},
	{"verify", 0, "DIR|FILE", SETS(PLACES, verifications),
	COMMANDS_THAT_VERIFY, true,
	"where the files that verify patches are\n"
	"(default: verify, if it is there)"},
	{"quiet", 'q', NULL, SETS(FLAG, deploy.is_quiet),
	COMMANDS_ALL, false,
	"say no more than necessary"},
	{"version", 'V', NULL, OPTION_VERSION, 0,
	COMMANDS_ALL, false,
	"show the version, then exit"},
	{"help", '?', NULL, OPTION_HELP, 0,
	COMMANDS_ALL, false,
	"show this help, then exit"},

	{"dbname", 'd', "NAME", SETS(TEXT, connection.dbname),
	COMMANDS_WITH_DATABASE, true,
	"database, connection string, or target"},
	{"host", 'h', "NAME", SETS(TEXT, connection.host),
	COMMANDS_WITH_DATABASE, true,
	"server, or directory of its socket"},
	{"port", 'p', "PORT", SETS(TEXT, connection.port),
	COMMANDS_WITH_DATABASE, true,
	"its port"},
	{"username", 'U', "NAME", SETS(TEXT, connection.user),
	COMMANDS_WITH_DATABASE, true,
	"user"},
	{"no-password", 'w', NULL, SETS(NEVER_ASK, connection.prompt),
	COMMANDS_WITH_DATABASE, true,
	"never ask for a password"},
	{"password", 'W', NULL, SETS(ALWAYS_ASK, connection.prompt),
	COMMANDS_WITH_DATABASE, false,
	"ask for one in any case"},
};
const int	command_option_table_size = lengthof(command_option_table);

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
command_option_table_letters(void)
{
	static char letters[2 * lengthof(command_option_table) + 1];
	char	   *p = letters;
	int			i;

	*p = '\0';
	for (i = 0; i < command_option_table_size; i++)
	{
		const OptionRow *row = &command_option_table[i];

		if (row->letter == 0 || strchr(letters, row->letter) != NULL)
			continue;
		*p++ = row->letter;
		if (row->argument != NULL)
			*p++ = ':';
		*p = '\0';
	}
	return letters;
}

const struct option *
command_option_table_long(void)
{
	static struct option table[lengthof(command_option_table) + 1];
	int			count = 0;
	int			i;

	for (i = 0; i < command_option_table_size; i++)
	{
		const OptionRow *row = &command_option_table[i];

		if (command_option_table_find(row->name) != row)
			continue;
		table[count].name = row->name;
		table[count].has_arg = row->argument != NULL ? required_argument :
			no_argument;
		table[count++].val = FIRST_LONG + i;
	}
	table[count].name = NULL;
	return table;
}

const OptionRow *
command_option_table_row(int value)
{
	int			i;

	if (value >= FIRST_LONG)
		return &command_option_table[value - FIRST_LONG];
	for (i = 0; i < command_option_table_size; i++)
		if (command_option_table[i].letter == value)
			return &command_option_table[i];
	return NULL;
}

int
command_option_table_commands(const char *name, bool is_key)
{
	int			commands = 0;
	int			i;

	for (i = 0; i < command_option_table_size; i++)
		if (strcmp(command_option_table[i].name, name) == 0 &&
			(command_option_table[i].is_key || !is_key))
			commands |= command_option_table[i].commands;
	return commands;
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
