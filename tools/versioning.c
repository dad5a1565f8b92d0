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

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"

static const char *const progname = "versioning";

typedef struct Command
{
	const char *name;
	CommandBit	bit;
	Status		(*run) (Options *options);
} Command;

static const Command commands[] = {
	{"status", COMMAND_STATUS, command_status},
	{"apply", COMMAND_APPLY, command_deploy_apply},
	{"rollback", COMMAND_ROLLBACK, command_deploy_rollback},
	{"check", COMMAND_CHECK, command_check},
	{"graph", COMMAND_GRAPH, command_graph},
	{"new", COMMAND_NEW, command_new},
	{"rehearse", COMMAND_REHEARSE, command_rehearse},
	{"jobs", COMMAND_JOBS, command_jobs},
	{"run", COMMAND_RUN, command_run},
	{"pause", COMMAND_PAUSE, command_jobs_pause},
	{"resume", COMMAND_RESUME, command_jobs_resume},
	{"cancel", COMMAND_CANCEL, command_jobs_cancel},
};

static void
print_usage(void)
{
	puts("versioning knows which patches are applied to a database, applies\n"
		 "those that are not, and takes them back.\n");
	puts("Usage:\n  versioning [OPTION]... COMMAND [OPTION]... [PATCH]...\n");
	puts("Commands:\n"
		 "  status            show which patches are applied, which are not\n"
		 "  apply [PATCH]     apply these and what they require, or all\n"
		 "  rollback PATCH    take patches back\n"
		 "  check             find what is wrong with the files\n"
		 "  graph [PATCH]     draw these and what they require, or all, for "
		 "Graphviz\n"
		 "  new NAME          write a patch and its rollback, to be filled "
		 "in,\n"
		 "                    or those of a --recipe\n"
		 "  rehearse [PATCH]  apply, take back and apply these, or all, in a\n"
		 "                    scratch database\n"
		 "  jobs              show the jobs of patches, and how far they are\n"
		 "  run [JOB]         run these, or all that wait\n"
		 "  pause JOB         have jobs stop after their batches\n"
		 "  resume JOB        let paused and failed jobs go on\n"
		 "  cancel JOB        forget jobs, whatever is left of them\n");
	puts("Options:\n"
		 "  --patches DIR|FILE    where patches are (default: patches)\n"
		 "  --rollbacks DIR|FILE  where rollbacks are (default: rollbacks)\n"
		 "  -q, --quiet           say no more than necessary\n"
		 "  -V, --version         show the version, then exit\n"
		 "  -?, --help            show this help, then exit\n");
	puts("Options of status, jobs and run:\n"
		 "  --json                print JSON (not run; apply, rollback: a "
		 "line an event)\n"
		 "  --parallel N          run: so many sessions work on a job\n"
		 "  --exit-code           exit with 5 if some are not applied\n");
	puts("Options of apply, rollback and rehearse:\n"
		 "  -n, --dry-run         print the plan, do nothing (not rehearse)\n"
		 "  -v, --variable NAME=VALUE\n"
		 "                        set a variable of psql\n"
		 "  --wait SECONDS        how long to wait for another deployer\n"
		 "                        (default: 60; not rehearse)\n"
		 "  --lock-timeout TIME   how long an attempt waits for a lock, such "
		 "as 500ms\n"
		 "                        (default: 2s; 0: as long as it takes; not "
		 "rehearse)\n"
		 "  --retry-for TIME      how long to try again what lacks a lock\n"
		 "                        (default: 10min; 0: try once; not "
		 "rehearse)\n"
		 "  --max-stall TIME      cancel what makes others wait so long, such "
		 "as 2s\n"
		 "                        (not rehearse)\n"
		 "  --verbose             show what psql prints\n"
		 "  --run-jobs            apply: run the jobs that patches wait "
		 "for\n"
		 "  --restart-at LINE     apply: where an unfinished patch goes on\n"
		 "  --cascade             rollback: what requires the patches, too\n"
		 "  --last N              rollback: the N patches applied last\n"
		 "  --template DB         rehearse: begin with a copy of this one\n");
	puts("Options of check and new:\n"
		 "  --disable A,B         check: do not report these findings\n"
		 "  --requires A,B        new: what the patch requires\n"
		 "  --recipe RECIPE       new: write the patches of a recipe, with "
		 "the values\n"
		 "                        that NAME=VALUE arguments and -d say\n"
		 "  --list-recipes        new: print which recipes there are\n");
	puts("Connection options:\n"
		 "  -d, --dbname NAME     database, or connection string\n"
		 "  -h, --host NAME       server, or directory of its socket\n"
		 "  -p, --port PORT       its port\n"
		 "  -U, --username NAME   user\n"
		 "  -w, --no-password     never ask for a password\n"
		 "  -W, --password        ask for one in any case\n");
	puts("Exit status: 0 done; 1 the patches have a problem, nothing ran; 2 "
		 "usage or\n"
		 "connection; 3 a patch or job failed; 4 another deployer is at work; "
		 "5\n"
		 "--exit-code.");
}

/* The command of that name. */
static const Command *
find_command(const char *name)
{
	size_t		i;

	for (i = 0; i < lengthof(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	command_options_error("there is no command \"%s\"",
						  report_printable(name));
	return NULL;
}

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
			print_usage();
			break;
		case OPTIONS_VERSION:
			printf("%s (Versioning) %s\n", progname, VERSIONING_VERSION);
			break;
		case OPTIONS_COMMAND:
			command = find_command(options.command);
			command_options_check(&options, command->bit);
			status = command->run(&options);
			break;
	}

	command_options_free(&options);

	/* Lost output is trouble, unless there is worse to say */
	if (!report_finish_output(progname) && status != STATUS_FAILED)
		status = STATUS_TROUBLE;
	return status;
}
