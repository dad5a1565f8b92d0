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

static const Command beginning[] = {
	{"init", COMMAND_INIT, command_init, "",
		"begin a project: directories, and versioning.conf",
	"What is there already is left alone. Of the options, those for the\n"
	"connection go into versioning.conf."},
	{"new", COMMAND_NEW, command_new, "NAME [VALUE=TEXT]...",
		"write a patch and its rollback, to be filled in",
	"With --recipe, it writes the patches of a recipe."},
	{NULL}
};

static const Command looking[] = {
	{"status", COMMAND_STATUS, command_status, "",
	"show which patches are applied, which are not", NULL},
	{"check", COMMAND_CHECK, command_check, "",
		"find what is wrong with the files",
	"With a database, it also compares them with what is applied there."},
	{"graph", COMMAND_GRAPH, command_graph, "[PATCH]...",
	"draw these and what they require, or all, for Graphviz", NULL},
	{NULL}
};

static const Command deploying[] = {
	{"apply", COMMAND_APPLY, command_deploy_apply, "[PATCH]...",
	"apply these and what they require, or all", NULL},
	{"rollback", COMMAND_ROLLBACK, command_deploy_rollback, "PATCH...",
	"take patches back", NULL},
	{"rehearse", COMMAND_REHEARSE, command_rehearse, "[PATCH]...",
		"apply, take back and apply these, or all, elsewhere",
	"It does so in a scratch database on the same server, and drops that."},
	{NULL}
};

static const Command playing[] = {
	{"sandbox", COMMAND_SANDBOX, command_sandbox,
		"NAME | list | drop NAME... | reset NAME",
		"make a database with all patches applied, to play in",
		"It prints where that is: psql $(versioning sandbox try)"},
	{NULL}
};

static const Command jobs[] = {
	{"jobs", COMMAND_JOBS, command_jobs, "",
	"show the jobs of patches, and how far they are", NULL},
	{"run", COMMAND_RUN, command_run, "[JOB]...",
	"run these, or all that wait", NULL},
	{"pause", COMMAND_PAUSE, command_jobs_pause, "JOB...",
	"have jobs stop after their batches", NULL},
	{"resume", COMMAND_RESUME, command_jobs_resume, "JOB...",
	"let paused and failed jobs go on", NULL},
	{"cancel", COMMAND_CANCEL, command_jobs_cancel, "JOB...",
	"forget jobs, whatever is left of them", NULL},
	{NULL}
};

static const Command helping[] = {
	{"help", COMMAND_HELP, command_help, "[COMMAND]",
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
