/*-------------------------------------------------------------------------
 *
 * command/help.c
 *		What versioning says of itself
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "base/report.h"
#include "command/help.h"
#include "command/target.h"
#include "plan/state.h"

/* Where the texts about commands and options begin */
#define COMMAND_COLUMN 12
#define OPTION_COLUMN 26

/* Print the commands, a group after the other. */
static void
print_commands(void)
{
	const CommandGroup *group;
	const Command *command;

	for (group = command_commands_groups; group->title != NULL; group++)
	{
		printf("%s:\n", group->title);
		for (command = group->commands; command->name != NULL; command++)
			printf("  %-*s%s\n", COMMAND_COLUMN - 2, command->name,
				   command->summary);
	}
}

void
command_help_print_overview(void)
{
	puts("versioning knows which patches are applied to a database, applies\n"
		 "those that are not, and takes them back.\n\n"
		 "Usage:\n"
		 "  versioning COMMAND [TARGET] [OPTION]... [ARGUMENT]...\n");
	print_commands();
	puts("\n\"versioning help COMMAND\" has the options of a command. TARGET "
		 "is one of\nversioning.conf; or say -d, -h, -p and -U, as with "
		 "psql.\n\n"
		 "Exit status: 0 done; 1 the patches have a problem, nothing ran; 2 "
		 "usage or\nconnection; 3 a patch or job failed; 4 another deployer "
		 "is at work; 5\n--exit-code.");
}

/* Print an option, which may have several lines to say. */
static void
print_option(const OptionRow *row)
{
	char		letter[8] = "    ";
	char		name[80];
	const char *text;

	if (row->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(name, sizeof(name), "  %s--%s%s%s", letter, row->name,
			 row->argument == NULL ? "" : " ",
			 row->argument == NULL ? "" : row->argument);
	fputs(name, stdout);
	if (strlen(name) + 2 > OPTION_COLUMN)
		printf("\n%*s", OPTION_COLUMN, "");
	else
		printf("%*s", OPTION_COLUMN - (int) strlen(name), "");
	for (text = row->help; *text != '\0'; text++)
	{
		putchar(*text);
		if (*text == '\n')
			printf("%*s", OPTION_COLUMN, "");
	}
	putchar('\n');
}

void
command_help_print(const Command *command)
{
	int			i;

	printf("versioning %s: %s\n\n", command->name, command->summary);
	if (command->details != NULL)
		printf("%s\n\n", command->details);
	printf("Usage:\n  versioning %s%s [OPTION]...%s%s\n\nOptions:\n",
		   command->name,
		   (command->bit & COMMANDS_WITH_TARGET) == 0 ? "" : " [TARGET]",
		   command->arguments[0] == '\0' ? "" : " ",
		   command->arguments);
	for (i = 0; i < command_option_table_size; i++)
		if ((command_option_table[i].commands & command->bit) != 0 &&
			command_option_table[i].help != NULL)
			print_option(&command_option_table[i]);
}

/* Print what the command line asks about. */
Status
command_help(Options *options)
{
	if (options->name_count == 0)
		command_help_print_overview();
	else
		command_help_print(command_commands_find(options->names[0]));
	return STATUS_DONE;
}

/* Print which targets there are. */
static void
print_targets(const Conf *conf)
{
	int			i;

	for (i = 0; i < conf->target_count; i++)
	{
		fputs(i == 0 ? "Targets: " : ", ", stdout);
		report_escaped(stdout, conf->targets[i]);
	}
	if (conf->target_count > 0)
		putchar('\n');
}

/* Print how many patches are applied in the project's database. */
static void
print_database(Options *options)
{
	Project    *project = project_read(&options->patches,
									   &options->rollbacks, false,
									   PROJECT_DIGESTS);
	PGconn	   *conn;
	Register   *reg;

	printf("Patches: %d, in ", project->patch_count);
	report_escaped(stdout, options->patches.head->val);
	putchar('\n');
	options->connection.prompt = PASSWORD_NEVER;
	options->wants_connection = options->connection.dbname != NULL;
	if (command_register_open(options, &conn, &reg) && reg != NULL)
	{
		PatchStates *states = plan_state_create(project, reg);

		fputs("Database: ", stdout);
		report_escaped(stdout, PQdb(conn));
		printf(", %d applied, %d pending; \"versioning status\" shows more\n",
			   states->applied, states->count - states->applied);
		plan_state_free(states);
		register_free(reg);
		connection_close(conn);
	}
	project_free(project);
}

void
command_help_print_place(Options *options)
{
	struct stat status;

	print_commands();
	putchar('\n');
	if (options->conf.path != NULL)
	{
		fputs("Project: ", stdout);
		report_escaped(stdout, options->conf.path);
		putchar('\n');
		print_targets(&options->conf);
	}
	if (options->conf.path != NULL ||
		stat(options->patches.head->val, &status) == 0)
		print_database(options);
	else
		puts("There is no project here: \"versioning init\" begins one.");
}
