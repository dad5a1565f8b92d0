/*-------------------------------------------------------------------------
 *
 * command/options.c
 *		What the user of versioning asked for
 *
 * Options may stand before and after the command.  Which of them a command
 * can do something with is checked when it is known.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "base/status.h"
#include "command/options.h"
#include "getopt_long.h"
#include "plan/names.h"

/* Where patches and rollbacks are if nobody says anything else */
#define DEFAULT_PATCHES "patches"
#define DEFAULT_ROLLBACKS "rollbacks"

/* How long to wait for another deployer, in seconds */
#define DEFAULT_WAIT 60

/* How long to wait for a lock, and how long to try, in milliseconds */
#define DEFAULT_LOCK_TIMEOUT 2000
#define DEFAULT_RETRY_FOR (10 * 60 * 1000)

/* Commands that need the names of jobs */
#define COMMANDS_WITH_JOBS (COMMAND_PAUSE | COMMAND_RESUME | COMMAND_CANCEL)

/* Commands that take as many names of patches, or jobs, as one likes */
#define COMMANDS_WITH_NAMES \
	(COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_GRAPH | COMMAND_REHEARSE | \
	 COMMAND_RUN | COMMANDS_WITH_JOBS)

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
	OPTION_CASCADE,
	OPTION_LAST,
	OPTION_DISABLE,
	OPTION_REQUIRES,
	OPTION_RECIPE,
	OPTION_LIST_RECIPES,
	OPTION_TEMPLATE,
	OPTION_HELP
};

static const struct option long_options[] = {
	{"dbname", required_argument, NULL, 'd'},
	{"host", required_argument, NULL, 'h'},
	{"port", required_argument, NULL, 'p'},
	{"username", required_argument, NULL, 'U'},
	{"no-password", no_argument, NULL, 'w'},
	{"password", no_argument, NULL, 'W'},
	{"patches", required_argument, NULL, OPTION_PATCHES},
	{"rollbacks", required_argument, NULL, OPTION_ROLLBACKS},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, OPTION_VERBOSE},
	{"psql", no_argument, NULL, OPTION_PSQL},
	{"json", no_argument, NULL, OPTION_JSON},
	{"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
	{"dry-run", no_argument, NULL, 'n'},
	{"variable", required_argument, NULL, 'v'},
	{"set", required_argument, NULL, 'v'},
	{"wait", required_argument, NULL, OPTION_WAIT},
	{"lock-timeout", required_argument, NULL, OPTION_LOCK_TIMEOUT},
	{"retry-for", required_argument, NULL, OPTION_RETRY_FOR},
	{"max-stall", required_argument, NULL, OPTION_MAX_STALL},
	{"restart-at", required_argument, NULL, OPTION_RESTART_AT},
	{"run-jobs", no_argument, NULL, OPTION_RUN_JOBS},
	{"parallel", required_argument, NULL, OPTION_PARALLEL},
	{"to", required_argument, NULL, OPTION_TO},
	{"single-transaction", no_argument, NULL, OPTION_SINGLE},
	{"verify", required_argument, NULL, OPTION_VERIFY},
	{"cascade", no_argument, NULL, OPTION_CASCADE},
	{"last", required_argument, NULL, OPTION_LAST},
	{"disable", required_argument, NULL, OPTION_DISABLE},
	{"requires", required_argument, NULL, OPTION_REQUIRES},
	{"recipe", required_argument, NULL, OPTION_RECIPE},
	{"list-recipes", no_argument, NULL, OPTION_LIST_RECIPES},
	{"template", required_argument, NULL, OPTION_TEMPLATE},
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0}
};

/* Options that are not for every command, and for which they are */
static const struct
{
	int			option;
	const char *name;
	int			commands;
}			restrictions[] = {
	{OPTION_PSQL, "--psql",
	COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_REHEARSE},
	{OPTION_VERBOSE, "--verbose",
	COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_REHEARSE},
	{OPTION_JSON, "--json",
	COMMAND_STATUS | COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_JOBS},
	{OPTION_EXIT_CODE, "--exit-code", COMMAND_STATUS},
	{'n', "--dry-run", COMMAND_APPLY | COMMAND_ROLLBACK},
	{'v', "--variable", COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_REHEARSE},
	{OPTION_WAIT, "--wait", COMMAND_APPLY | COMMAND_ROLLBACK},
	{OPTION_LOCK_TIMEOUT, "--lock-timeout", COMMAND_APPLY | COMMAND_ROLLBACK},
	{OPTION_RETRY_FOR, "--retry-for", COMMAND_APPLY | COMMAND_ROLLBACK},
	{OPTION_MAX_STALL, "--max-stall", COMMAND_APPLY | COMMAND_ROLLBACK},
	{OPTION_RESTART_AT, "--restart-at", COMMAND_APPLY},
	{OPTION_RUN_JOBS, "--run-jobs", COMMAND_APPLY},
	{OPTION_PARALLEL, "--parallel", COMMAND_RUN},
	{OPTION_TO, "--to", COMMAND_APPLY | COMMAND_ROLLBACK},
	{OPTION_SINGLE, "--single-transaction", COMMAND_APPLY},
	{OPTION_CASCADE, "--cascade", COMMAND_ROLLBACK},
	{OPTION_LAST, "--last", COMMAND_ROLLBACK},
	{OPTION_DISABLE, "--disable", COMMAND_CHECK},
	{OPTION_REQUIRES, "--requires", COMMAND_NEW},
	{OPTION_RECIPE, "--recipe", COMMAND_NEW},
	{OPTION_LIST_RECIPES, "--list-recipes", COMMAND_NEW},
	{OPTION_TEMPLATE, "--template", COMMAND_REHEARSE},
};

/* Which of the restricted options were given */
static bool is_given[lengthof(restrictions)];

/* Say how to get help, and exit. */
static void
exit_with_advice(void)
{
	fputs("Try \"versioning --help\" for more information.\n", stderr);
	exit(STATUS_TROUBLE);
}

void
command_options_error(const char *format,...)
{
	va_list		args;

	fputs("versioning: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	putc('\n', stderr);
	exit_with_advice();
}

void
command_options_split(const char *text, SimpleStringList *names)
{
	static const char blanks[] = " \t\n\r\f\v";
	char	   *copy = pg_strdup(text);
	char	   *rest = copy;

	while (rest != NULL)
	{
		char	   *name = strsep(&rest, ",");
		size_t		length;

		name += strspn(name, blanks);
		length = strlen(name);
		while (length > 0 && strchr(blanks, name[length - 1]) != NULL)
			name[--length] = '\0';
		simple_string_list_append(names, name);
	}
	pg_free(copy);
}

static bool
is_regular_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/*
 * Add a place.  If it is a file, more files may follow, since that is what
 * the shell makes of a pattern: they belong to the option, too.
 */
static void
add_places(SimpleStringList *places, int argc, char **argv)
{
	if (optarg[0] == '\0')
		command_options_error("a place of patches or rollbacks cannot be "
							  "empty");
	simple_string_list_append(places, optarg);
	if (!is_regular_file(optarg))
		return;
	while (optind < argc && argv[optind][0] != '-' &&
		   is_regular_file(argv[optind]))
		simple_string_list_append(places, argv[optind++]);
}

/* The number that is an option's argument. */
static int
number(const char *name, int least)
{
	char	   *end;
	int			value;

	errno = 0;
	value = strtoint(optarg, &end, 10);
	if (end == optarg || *end != '\0' || errno != 0 || value < least)
		command_options_error("%s takes a number from %d to %d, not \"%s\"",
							  name, least, PG_INT32_MAX,
							  report_printable(optarg));
	return value;
}

/* The milliseconds that an option's argument stands for. */
static int64
duration(const char *name)
{
	int64		value;

	if (!duration_parse(optarg, &value))
		command_options_error("%s takes " DURATION_FORM ", not \"%s\"", name,
							  report_printable(optarg));
	return value;
}

/* Is this NAME=VALUE, with a name that psql takes? */
static void
check_variable(const char *text)
{
	const char *p;

	for (p = text; *p != '\0' && *p != '='; p++)
		if (!IS_HIGHBIT_SET(*p) && !isalnum((unsigned char) *p) && *p != '_')
			break;
	if (p == text || *p != '=')
		command_options_error("--variable takes NAME=VALUE, not \"%s\"",
							  report_printable(text));
}

/* Remember that an option was given. */
static void
note_option(int option)
{
	size_t		i;

	for (i = 0; i < lengthof(restrictions); i++)
		if (restrictions[i].option == option)
			is_given[i] = true;
}

/* Take in one option. */
static void
read_option(Options *options, int option, int argc, char **argv)
{
	note_option(option);
	switch (option)
	{
		case 'd':
			options->connection.dbname = optarg;
			break;
		case 'h':
			options->connection.host = optarg;
			break;
		case 'p':
			options->connection.port = optarg;
			break;
		case 'U':
			options->connection.user = optarg;
			break;
		case 'w':
			options->connection.prompt = PASSWORD_NEVER;
			break;
		case 'W':
			options->connection.prompt = PASSWORD_ALWAYS;
			break;
		case OPTION_PATCHES:
			add_places(&options->patches, argc, argv);
			break;
		case OPTION_ROLLBACKS:
			add_places(&options->rollbacks, argc, argv);
			break;
		case 'q':
			options->deploy.is_quiet = true;
			break;
		case OPTION_VERBOSE:
			options->deploy.is_verbose = true;
			break;
		case OPTION_PSQL:
			options->deploy.forces_psql = true;
			break;
		case OPTION_JSON:
			options->deploy.is_json = true;
			break;
		case OPTION_EXIT_CODE:
			options->has_exit_code = true;
			break;
		case 'n':
			options->is_dry_run = true;
			break;
		case 'v':
			check_variable(optarg);
			simple_string_list_append(&options->deploy.variables, optarg);
			break;
		case OPTION_WAIT:
			options->deploy.wait = number("--wait", 0);
			break;
		case OPTION_LOCK_TIMEOUT:
			options->deploy.lock_timeout = duration("--lock-timeout");
			break;
		case OPTION_RETRY_FOR:
			options->deploy.retry_for = duration("--retry-for");
			break;
		case OPTION_MAX_STALL:
			options->deploy.max_stall = duration("--max-stall");
			break;
		case OPTION_RESTART_AT:
			options->restart_at = number("--restart-at", 1);
			break;
		case OPTION_RUN_JOBS:
			options->runs_jobs = true;
			break;
		case OPTION_PARALLEL:
			options->parallel = number("--parallel", 1);
			break;
		case OPTION_TO:
			options->to = optarg;
			break;
		case OPTION_SINGLE:
			options->deploy.is_single = true;
			break;
		case OPTION_VERIFY:
			add_places(&options->verifications, argc, argv);
			break;
		case OPTION_CASCADE:
			options->is_cascade = true;
			break;
		case OPTION_LAST:
			options->last = number("--last", 1);
			break;
		case OPTION_DISABLE:
			simple_string_list_append(&options->disabled, optarg);
			break;
		case OPTION_REQUIRES:
			options->requirements = optarg;
			break;
		case OPTION_RECIPE:
			options->recipe = optarg;
			break;
		case OPTION_LIST_RECIPES:
			options->lists_recipes = true;
			break;
		case OPTION_TEMPLATE:
			options->template = optarg;
			break;
		default:
			exit_with_advice();
	}
	if (strchr("dhpUwW", option) != NULL && option < 256)
		options->wants_connection = true;
}

/* Fill in the places where nobody has said anything. */
static void
set_default_places(Options *options)
{
	if (options->patches.head == NULL)
		simple_string_list_append(&options->patches, DEFAULT_PATCHES);

	/*
	 * Rollbacks may be missing: it is for those who need one to say so.  But
	 * new wants to know where to put one.
	 */
	if (options->rollbacks.head == NULL &&
		(access(DEFAULT_ROLLBACKS, F_OK) == 0 ||
		 strcmp(options->command, "new") == 0))
		simple_string_list_append(&options->rollbacks, DEFAULT_ROLLBACKS);
}

/* Is the argument that was just read a wish for help? */
static bool
is_help(int option, const char *argument)
{
	return option == OPTION_HELP ||
		(option == '?' && strcmp(argument, "-?") == 0);
}

OptionsWish
command_options_read(Options *options, int argc, char **argv)
{
	int			option;

	options->parallel = 1;
	options->deploy.wait = DEFAULT_WAIT;
	options->deploy.lock_timeout = DEFAULT_LOCK_TIMEOUT;
	options->deploy.retry_for = DEFAULT_RETRY_FOR;
	while ((option = getopt_long(argc, argv, "d:h:p:U:wWqnv:V?",
								 long_options, NULL)) != -1)
	{
		if (is_help(option, argv[optind - 1]))
			return OPTIONS_HELP;
		if (option == 'V')
			return OPTIONS_VERSION;
		read_option(options, option, argc, argv);
	}
	if (optind == argc)
		command_options_error("no command is given");

	options->command = argv[optind];
	options->names = argv + optind + 1;
	options->name_count = argc - optind - 1;
	set_default_places(options);
	return OPTIONS_COMMAND;
}

/* Complain if the command takes fewer or more names than there are. */
static void
check_names(const Options *options, CommandBit command)
{
	int			most = command != COMMAND_NEW ? 0 :
		options->recipe != NULL ? PG_INT32_MAX : 1;

	if (command == COMMAND_NEW && options->name_count == 0 &&
		!options->lists_recipes)
		command_options_error("new takes the name of the patch");
	if ((command & COMMANDS_WITH_JOBS) != 0 && options->name_count == 0)
		command_options_error("%s takes the names of jobs",
							  options->command);
	if ((command & COMMANDS_WITH_NAMES) == 0 && options->name_count > most)
		command_options_error("\"%s\" is one argument too many for %s%s",
							  report_printable(options->names[most]),
							  options->command,
							  plan_names_directory(options->names[most]));
	if (options->restart_at > 0 && options->name_count != 1)
		command_options_error("--restart-at takes the name of one patch");
	if (options->deploy.is_single && options->deploy.forces_psql)
		command_options_error("--single-transaction and --psql cannot be "
							  "used together");
	if (options->deploy.is_single && options->runs_jobs)
		command_options_error("--single-transaction and --run-jobs cannot be "
							  "used together");
	if (options->deploy.is_single && options->restart_at > 0)
		command_options_error("--single-transaction and --restart-at cannot "
							  "be used together");
	if (options->to != NULL && options->name_count > 0)
		command_options_error("--to and names of patches cannot be used "
							  "together");
	if (options->to != NULL && options->last > 0)
		command_options_error("--to and --last cannot be used together");
	if (command != COMMAND_ROLLBACK)
		return;
	if (options->name_count == 0 && options->last == 0 && options->to == NULL)
		command_options_error("rollback takes the names of patches, --last "
							  "or --to");
	if (options->name_count > 0 && options->last > 0)
		command_options_error("--last and names of patches cannot be used "
							  "together");
}

void
command_options_check(const Options *options, CommandBit command)
{
	size_t		i;

	for (i = 0; i < lengthof(restrictions); i++)
		if (is_given[i] && (restrictions[i].commands & command) == 0)
			command_options_error("%s cannot be used with %s",
								  restrictions[i].name, options->command);
	check_names(options, command);
	if (options->deploy.is_quiet && options->deploy.is_verbose)
		command_options_error("--quiet and --verbose cannot be used "
							  "together");
	if (options->deploy.is_json && options->deploy.is_verbose)
		command_options_error("--json and --verbose cannot be used "
							  "together");
}

void
command_options_free(Options *options)
{
	simple_string_list_destroy(&options->patches);
	simple_string_list_destroy(&options->rollbacks);
	simple_string_list_destroy(&options->deploy.variables);
	simple_string_list_destroy(&options->disabled);
	pg_free(options->connection.password);
}
