/*-------------------------------------------------------------------------
 *
 * command/sandbox.c
 *		versioning sandbox: a database to play in
 *
 * What it prints is the address of the database and nothing else, for the
 * shell to put it into a command.  All that is said while the database is made
 * goes to standard error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/interruption.h"
#include "base/report.h"
#include "common/logging.h"
#include "command/command.h"
#include "sandbox/address.h"
#include "sandbox/list.h"
#include "sandbox/run.h"
#include "sandbox/sandbox.h"
#include "scratch/database.h"

/* The first argument, if it is not the name of a new sandbox */
typedef enum Action
{
	ACTION_CREATE, ACTION_LIST, ACTION_DROP, ACTION_RESET
} Action;

static const char *const words[] = {
	[ACTION_CREATE] = "NAME", [ACTION_LIST] = "list", [ACTION_DROP] = "drop",
	[ACTION_RESET] = "reset"
};

/* Find out what is to be done, and with which names. */
static Action
find_action(Options *options)
{
	size_t		i;

	for (i = ACTION_LIST; options->name_count > 0 && i < lengthof(words); i++)
		if (strcmp(options->names[0], words[i]) == 0)
		{
			options->names++;
			options->name_count--;
			return (Action) i;
		}
	return ACTION_CREATE;
}

/* Complain if there are too many names, or too few, for what is to be done. */
static void
check_names(const Options *options, Action action)
{
	int			most = action == ACTION_LIST ? 0 :
		action == ACTION_DROP ? PG_INT32_MAX : 1;

	if (options->name_count > most)
		command_options_error("\"%s\" is one argument too many for sandbox "
							  "%s", report_printable(options->names[most]),
							  words[action]);
	if (options->name_count > 0)
		return;
	if (action == ACTION_CREATE && options->sandbox_command == NULL)
		command_options_error("sandbox takes a name, or list, drop or reset");
	if (action == ACTION_RESET)
		command_options_error("sandbox reset takes the name of a sandbox");
	if (action == ACTION_DROP && options->older_than == NULL)
		command_options_error("sandbox drop takes names of sandboxes, or "
							  "--older-than");
}

/* Complain about options that have nothing to do with what is to be done. */
static void
check_options(const Options *options, Action action)
{
	static const struct
	{
		const char *option;
		bool		are_taken[lengthof(words)];
	}			rules[] = {
		{"data", {[ACTION_CREATE] = true, [ACTION_RESET] = true}},
		{"with-patches", {[ACTION_CREATE] = true, [ACTION_RESET] = true}},
		{"empty", {[ACTION_CREATE] = true, [ACTION_RESET] = true}},
		{"variable", {[ACTION_CREATE] = true, [ACTION_RESET] = true}},
		{"env", {[ACTION_CREATE] = true, [ACTION_RESET] = true}},
		{"run", {[ACTION_CREATE] = true}},
		{"older-than", {[ACTION_DROP] = true}},
		{"json", {[ACTION_LIST] = true}}
	};
	size_t		i;

	for (i = 0; i < lengthof(rules); i++)
		if (command_options_is_given(rules[i].option) &&
			!rules[i].are_taken[action])
			command_options_error("--%s cannot be used with sandbox %s",
								  rules[i].option, words[action]);
	command_options_exclude(options->older_than != NULL &&
							options->name_count > 0, "--older-than",
							"names of sandboxes");
	command_options_exclude(options->is_empty &&
							options->with_patches != NULL, "--empty",
							"--with-patches");
	command_options_exclude(options->prints_variables &&
							options->sandbox_command != NULL, "--env",
							"--run");
}

/* Names between commas, none of which is empty, as an array. */
static char **
split_names(const char *text, SimpleStringList *list, int *count)
{
	const SimpleStringListCell *cell;
	char	  **names;
	int			n = 0;

	if (text != NULL)
		command_options_split(text, list);
	for (cell = list->head; cell != NULL; cell = cell->next, n++)
		if (cell->val[0] == '\0')
			command_options_error("the name of a patch cannot be empty");
	names = pg_malloc0((n + 1) * sizeof(char *));
	*count = n;
	for (cell = list->head, n = 0; cell != NULL; cell = cell->next)
		names[n++] = (char *) cell->val;
	return names;
}

/*
 * Let what is printed go to standard error.  Returns where it went before, for
 * restore_output().
 */
static int
divert_output(void)
{
	int			before;

	fflush(stdout);
	before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	(void) dup2(STDERR_FILENO, STDOUT_FILENO);
	return before;
}

/* Let it go there again. */
static void
restore_output(int before)
{
	fflush(stdout);
	if (before < 0)
		return;
	(void) dup2(before, STDOUT_FILENO);
	close(before);
}

/* Make a database, silently as far as standard output goes. */
static Status
create(const SandboxContent *content, const char *name, const char *kind,
	   bool is_anew)
{
	int			before = divert_output();
	Status		status = sandbox_create(content, name, kind, is_anew);

	restore_output(before);
	return status;
}

/*
 * Make a database, run the command, and drop the database.  Returns the exit
 * status of the command, if there was one.
 */
static int
run_command(const Options *options, const SandboxContent *content,
			const char *name)
{
	Status		status = create(content, name, SANDBOX_MARK_RUN, false);
	int			result;

	if (status != STATUS_DONE)
		return status;
	result = sandbox_run_command(content->conn, name,
								 options->sandbox_command);
	if (result < 0)
		result = STATUS_TROUBLE;
	if (!sandbox_drop_run(content->conn, name) && result == 0)
		result = STATUS_TROUBLE;
	return result;
}

/* Make a database for the user, and say where it is. */
static Status
make(const Options *options, const SandboxContent *content, const char *name,
	 bool is_anew)
{
	Status		status = create(content, name, SANDBOX_MARK_SANDBOX, is_anew);

	if (status != STATUS_DONE)
		return status;
	if (options->prints_variables)
		sandbox_address_print_variables(content->conn, name);
	else
		sandbox_address_print_uri(content->conn, name);
	return STATUS_DONE;
}

/* Make a database with what the files have, and do with it what is wanted. */
static int
make_from_files(const Options *options, SandboxContent *content, bool is_anew)
{
	char		name[64];

	if (content->project != NULL)
	{
		const ProblemList *problems = &content->project->problems;

		report_problems(options->progname, problems, NULL);
		if (problem_has_errors(problems))
			return STATUS_PROBLEM;
	}
	if (!sandbox_drop_leftovers(content->conn))
		return STATUS_TROUBLE;
	if (options->sandbox_command == NULL)
		return make(options, content, options->names[0], is_anew);
	if (options->name_count > 0)
		return run_command(options, content, options->names[0]);
	sandbox_make_run_name(content->conn, name, sizeof(name));
	return run_command(options, content, name);
}

/* Make a database. */
static int
make_sandbox(const Options *options, PGconn *conn, bool is_anew)
{
	SimpleStringList list = {NULL, NULL};
	SandboxContent content = {0};
	char	  **names = split_names(options->with_patches, &list,
									&content.name_count);
	Project    *project = options->is_empty ? NULL :
		project_read(&options->patches, &options->rollbacks, false,
					 PROJECT_BYTES);
	int			result;

	content.progname = options->progname;
	content.options = &options->deploy;
	content.conn = conn;
	content.project = project;
	content.names = names;
	content.data = &options->data;
	result = make_from_files(options, &content, is_anew);
	if (interruption_count() > 0)
	{
		pg_log_error("interrupted");
		result = STATUS_FAILED;
	}
	if (project != NULL)
		project_free(project);
	pg_free(names);
	simple_string_list_destroy(&list);
	return result;
}

/* Do what is wanted, by the connection. */
static int
act(const Options *options, PGconn *conn, Action action)
{
	bool		is_done;

	if (action == ACTION_CREATE || action == ACTION_RESET)
		return make_sandbox(options, conn, action == ACTION_RESET);
	if (action == ACTION_LIST)
		is_done = sandbox_list_print(conn, options->deploy.is_json);
	else if (options->older_than != NULL)
		is_done = sandbox_drop_old(conn, options->older_than,
								   options->deploy.is_quiet);
	else
		is_done = sandbox_drop(conn, options->names, options->name_count,
							   options->deploy.is_quiet);
	return is_done ? STATUS_DONE : STATUS_TROUBLE;
}

/* Make, list or drop databases to play in. */
Status
command_sandbox(Options *options)
{
	Action		action = find_action(options);
	PGconn	   *conn;
	int			result = STATUS_TROUBLE;

	check_names(options, action);
	check_options(options, action);
	conn = connection_open(&options->connection, "versioning sandbox");
	if (conn == NULL)
		return STATUS_TROUBLE;
	if (interruption_catch() && scratch_database_is_possible(conn))
		result = act(options, conn, action);
	connection_close(conn);
	return (Status) result;
}
