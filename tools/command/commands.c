/*-------------------------------------------------------------------------
 *
 * command/commands.c
 *		Which commands there are
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "base/suggestion.h"
#include "command/commands.h"
#include "command/target.h"
#include "plan/names.h"

static const Command beginning[] = {
	{"init", COMMAND_INIT, command_init, "", 0, 0,
		"begin a project: directories, and versioning.conf",
	"What is there already is left alone. Of the options, those for the\n"
	"connection go into versioning.conf."},
	{"baseline", COMMAND_BASELINE, command_baseline, "NAME", 1, 1,
		"write a first patch that makes what is in the database",
		"It is tried in a scratch database. If that is the same then, the\n"
	"patch is marked as applied."},
	{"new", COMMAND_NEW, command_new, "NAME [VALUE=TEXT]...", 1, COMMAND_ANY,
		"write a patch and its rollback, to be filled in",
	"With --recipe, it writes the patches of a recipe."},
	{NULL}
};

static const Command looking[] = {
	{"status", COMMAND_STATUS, command_status, "", 0, 0,
	"show which patches are applied, which are not", NULL},
	{"log", COMMAND_LOG, command_log, "[PATCH|OBJECT]", 0, 1,
		"tell what happened, to all or one, the latest first",
		"What patches have changed is known where _v.record_changes() records "
	"it."},
	{"show", COMMAND_SHOW, command_show, "PATCH", 1, 1,
	"show all that is known of a patch", NULL},
	{"blame", COMMAND_BLAME, command_blame, "OBJECT", 1, 1,
		"tell who changed an object, and with which patch",
		"An object is named as in psql, a column as TABLE.COLUMN. It may be "
	"gone."},
	{"check", COMMAND_CHECK, command_check, "", 0, 0,
		"find what is wrong with the files",
	"With a database, it also compares them with what is applied there."},
	{"diff", COMMAND_DIFF, command_diff, "[A [B]]", 0, 2,
		"find in what two databases differ, and by whom",
		"A and B are targets of versioning.conf, databases, connection\n"
		"strings, or \"files\": a scratch database with all patches applied.\n"
		"If B is not named, that is files; if A is not, either, that is the\n"
	"database that the options name."},
	{"graph", COMMAND_GRAPH, command_graph, "[PATCH]...",
	0, COMMAND_ANY,
	"draw these and what they require, or all, for Graphviz", NULL},
	{NULL}
};

static const Command deploying[] = {
	{"apply", COMMAND_APPLY, command_deploy_apply, "[PATCH]...",
	0, COMMAND_ANY,
	"apply these and what they require, or all", NULL},
	{"rollback", COMMAND_ROLLBACK, command_deploy_rollback, "PATCH...",
	0, COMMAND_ANY,
	"take patches back", NULL},
	{"mark", COMMAND_MARK, command_mark, "PATCH...", 1, COMMAND_ANY,
		"put patches into the register, and run nothing",
		"For what was done without them. What they require must be there, or\n"
	"be marked with them."},
	{"unmark", COMMAND_UNMARK, command_mark_not, "PATCH...", 1, COMMAND_ANY,
		"take patches out of the register, and run nothing",
	"What they have done stays as it is."},
	{"accept", COMMAND_ACCEPT, command_mark_accept, "PATCH...", 1, COMMAND_ANY,
		"the files of these have changed, and that is fine",
	"From now on status compares them with what they are at this moment."},
	{"rehearse", COMMAND_REHEARSE, command_rehearse, "[PATCH]...",
	0, COMMAND_ANY,
		"apply, take back and apply these, or all, elsewhere",
	"It does so in a scratch database on the same server, and drops that."},
	{"verify", COMMAND_VERIFY, command_verify, "[PATCH]...",
	0, COMMAND_ANY,
	"look whether these, or all, have done what they should", NULL},
	{NULL}
};

static const Command playing[] = {
	{"sandbox", COMMAND_SANDBOX, command_sandbox,
		"NAME | list | drop NAME... | reset NAME", 0, COMMAND_ANY,
		"make a database with all patches applied, to play in",
		"It prints where that is: psql $(versioning sandbox try)"},
	{NULL}
};

static const Command jobs[] = {
	{"jobs", COMMAND_JOBS, command_jobs, "", 0, 0,
	"show the jobs of patches, and how far they are", NULL},
	{"run", COMMAND_RUN, command_run, "[JOB]...", 0, COMMAND_ANY,
	"run these, or all that wait", NULL},
	{"pause", COMMAND_PAUSE, command_jobs_pause, "JOB...", 1, COMMAND_ANY,
	"have jobs stop after their batches", NULL},
	{"resume", COMMAND_RESUME, command_jobs_resume, "JOB...", 1, COMMAND_ANY,
	"let paused and failed jobs go on", NULL},
	{"cancel", COMMAND_CANCEL, command_jobs_cancel, "JOB...", 1, COMMAND_ANY,
	"forget jobs, whatever is left of them", NULL},
	{NULL}
};

static const Command helping[] = {
	{"help", COMMAND_HELP, command_help, "[COMMAND]", 0, 1,
	"say what a command does, and its options", NULL},
	{NULL}
};

const CommandGroup command_commands_groups[] = {
	{"Begin", beginning},
	{"Look", looking},
	{"Deploy", deploying},
	{"Play", playing},
	{"Work in the background", jobs},
	{"Ask", helping},
	{NULL}
};

/* The command of that name, or NULL. */
static const Command *
find(const char *name)
{
	const CommandGroup *group;
	const Command *command;

	for (group = command_commands_groups; group->title != NULL; group++)
		for (command = group->commands; command->name != NULL; command++)
			if (strcmp(command->name, name) == 0)
				return command;
	return NULL;
}

/* The name that was probably meant by one that is not there, or NULL. */
static const char *
suggest(const char *name)
{
	const CommandGroup *group;
	const Command *command;
	Suggestion	suggestion;

	suggestion_init(&suggestion, name);
	for (group = command_commands_groups; group->title != NULL; group++)
		for (command = group->commands; command->name != NULL; command++)
			suggestion_offer(&suggestion, command->name);
	return suggestion.nearest;
}

const Command *
command_commands_find(const char *name)
{
	const Command *command = find(name);
	const char *nearest = command == NULL ? suggest(name) : NULL;

	if (command == NULL && nearest == NULL)
		command_options_error("there is no command \"%s\"",
							  report_printable(name));
	if (command == NULL)
		command_options_error("there is no command \"%s\". Did you mean "
							  "\"%s\"?", report_printable(name), nearest);
	return command;
}

/* What a command needs that lacks its arguments */
static const char *
what_is_needed(const Command *command)
{
	return (command->bit & (COMMAND_PAUSE | COMMAND_RESUME | COMMAND_CANCEL))
		!= 0 ? "the names of jobs" :
		command->bit == COMMAND_BLAME ? "the name of an object" :
		command->bit == COMMAND_NEW || command->bit == COMMAND_BASELINE ?
		"the name of the patch" :
		command->most == 1 ? "the name of a patch" : "the names of patches";
}

/* Complain of an argument that may have been meant for a target. */
static void
refuse_argument(const Command *command, const Options *options,
				const char *argument)
{
	const char *target = command_target_suggest(options, command->bit);

	if (target != NULL)
		command_options_error("there is no target \"%s\". Did you mean "
							  "\"%s\"?", report_printable(options->names[0]),
							  report_printable(target));
	command_options_error("\"%s\" is one argument too many for %s%s",
						  report_printable(argument), command->name,
						  plan_names_directory(argument));
}

void
command_commands_check(const Command *command, const Options *options)
{
	int			most = command->most;

	/* The names of a recipe's values; it takes no names to list them */
	if (command->bit == COMMAND_NEW && options->recipe == NULL)
		most = 1;
	if (options->name_count < command->least && !options->lists_recipes)
		command_options_error("%s takes %s", command->name,
							  what_is_needed(command));
	if (options->name_count > most)
		refuse_argument(command, options, options->names[most]);
}
