/*-------------------------------------------------------------------------
 *
 * versioning.c
 *		Say which patches are applied, apply them, take them back
 *
 * One program with several commands, each in a file of its name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/report.h"
#include "command/help.h"
#include "command/target.h"
#include "common/logging.h"

static const char *const progname = "versioning";

/*
 * Let something stand in for those of standard input, output and error that we
 * were started without: else the first connection would get the descriptor of
 * one, and what is printed would go to the server.  It can be read only, so
 * that what is printed is known to be lost.
 */
static void
occupy_standard_descriptors(void)
{
	int			fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	Options		options = {0};
	const Command *command;
	Status		status = STATUS_DONE;

	pg_logging_init(argv[0]);
	options.progname = progname;
	options.deploy.argv0 = argv[0];

	/* What getopt_long says shall begin as our messages do */
	argv[0] = unconstify(char *, progname);

	occupy_standard_descriptors();

	/* A reader that goes away shall be an error, not the end */
	signal(SIGPIPE, SIG_IGN);

	switch (command_options_read(&options, argc, argv))
	{
		case OPTIONS_HELP:
			if (options.command == NULL)
				command_help_print_overview();
			else
				command_help_print(command_commands_find(options.command));
			break;
		case OPTIONS_VERSION:
			printf("%s (Versioning) %s\n", progname, VERSIONING_VERSION);
			break;
		case OPTIONS_NOTHING:
			options.command = progname;
			command_target_read_conf(&options, COMMAND_STATUS);
			command_options_complete(&options, COMMAND_STATUS);
			command_help_print_place(&options);
			status = STATUS_TROUBLE;
			break;
		case OPTIONS_COMMAND:
			command = command_commands_find(options.command);
			command_target_read_conf(&options, command->bit);
			command_options_complete(&options, command->bit);
			command_commands_check(command, &options);
			status = command->run(&options);
			break;
	}

	command_options_free(&options);

	/* Lost output is trouble, unless there is worse to say */
	if (!report_finish_output(progname) && status != STATUS_FAILED)
		status = STATUS_TROUBLE;
	return status;
}
