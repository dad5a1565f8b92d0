/*-------------------------------------------------------------------------
 *
 * command/options.c
 *		What the user of versioning asked for
 *
 * Options may stand before and after the command.  Which of them a command
 * can do something with is checked when it is known.  What the command line
 * does not say is looked for in the project's versioning.conf.
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
#include "fe_utils/string_utils.h"
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

/* Commands that need the names of patches */
#define COMMANDS_WITH_PATCHES (COMMAND_MARK | COMMAND_UNMARK | COMMAND_ACCEPT)

/* Commands that take as many names of patches, or jobs, as one likes */
#define COMMANDS_WITH_NAMES \
	(COMMAND_APPLY | COMMAND_ROLLBACK | COMMAND_GRAPH | COMMAND_REHEARSE | \
	 COMMAND_RUN | COMMANDS_WITH_JOBS | COMMANDS_WITH_PATCHES)

/* Commands whose first argument may be a target */
#define COMMANDS_WITH_TARGET \
	(COMMANDS_ALL & ~(COMMAND_NEW | COMMAND_INIT | COMMAND_HELP))

/* Commands that do without versioning.conf */
#define COMMANDS_WITHOUT_CONF (COMMAND_INIT | COMMAND_HELP)

/*
 * Commands that do without a database unless the command line or the
 * environment names one: what they look at may come from people who are not
 * trusted, and so may versioning.conf.
 */
#define COMMANDS_WITHOUT_DATABASE \
	(COMMAND_CHECK | COMMAND_GRAPH | COMMAND_NEW)

/* Which options the command line has, by their values */
static bool is_given[OPTION_HELP + 1];

/* Where what is being read stands, for messages: a line of versioning.conf */
static const ConfLine *current_line;
static const Conf *current_conf;

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
	if (current_line != NULL)
		fprintf(stderr, "%s:%d: ", report_printable(current_conf->path),
				current_line->line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	putc('\n', stderr);
	if (current_line != NULL)
		exit(STATUS_TROUBLE);
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
 * Add a place.  If it is a file, more files may follow on the command line,
 * since that is what the shell makes of a pattern: they belong to the option,
 * too.
 */
static void
add_places(SimpleStringList *places, int argc, char **argv)
{
	if (optarg[0] == '\0')
		command_options_error("a place of patches or rollbacks cannot be "
							  "empty");
	if (current_line != NULL)
	{
		char	   *place = command_conf_place(current_conf, optarg);

		simple_string_list_append(places, place);
		pg_free(place);
		return;
	}
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

/* Take in one option. */
static void
read_option(Options *options, int option, int argc, char **argv)
{
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
		case OPTION_YES:
			options->says_yes = true;
			break;
		case OPTION_TEMPLATE:
			options->template = optarg;
			break;
		default:
			exit_with_advice();
	}
}

/* Say what was wrong with an option that getopt_long has complained about. */
static void
refuse_option(const char *argument)
{
	char	   *name = pg_strdup(argument);
	const char *nearest;

	name[strcspn(name, "=")] = '\0';
	if (strncmp(name, "--", 2) == 0 &&
		command_option_table_find(name + 2) == NULL &&
		(nearest = command_option_table_suggest(name + 2)) != NULL)
		fprintf(stderr, "Did you mean \"--%s\"?\n", nearest);
	exit_with_advice();
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
	OptionsWish wish = OPTIONS_COMMAND;
	int			option;

	options->parallel = 1;
	options->deploy.wait = DEFAULT_WAIT;
	options->deploy.lock_timeout = DEFAULT_LOCK_TIMEOUT;
	options->deploy.retry_for = DEFAULT_RETRY_FOR;
	while ((option = getopt_long(argc, argv, command_option_table_letters(),
								 command_option_table_long(), NULL)) != -1)
	{
		if (is_help(option, argv[optind - 1]))
			wish = OPTIONS_HELP;
		else if (option == '?')
			refuse_option(argv[optind - 1]);
		else if (option == 'V')
			return OPTIONS_VERSION;
		else
		{
			is_given[option] = true;
			read_option(options, option, argc, argv);
		}
	}
	if (optind < argc)
	{
		options->command = argv[optind];
		options->names = argv + optind + 1;
		options->name_count = argc - optind - 1;
	}
	else if (argc == 1)
		return OPTIONS_NOTHING;
	else if (wish == OPTIONS_COMMAND)
		command_options_error("no command is given");
	return wish;
}

/* Is one of these set in the environment? */
static bool
environment_has(const char *name, const char *other)
{
	const char *value = getenv(name);

	if (value != NULL && value[0] != '\0')
		return true;
	return other != NULL && environment_has(other, NULL);
}

/*
 * The value of a key for a target or, unless the environment says so, before
 * all targets; or NULL.
 */
static const char *
conf_value(const Conf *conf, const char *target, const char *key,
		   const char *variable, const char *other)
{
	const char *value = NULL;
	int			i;

	if (target == NULL || !command_conf_says(conf, target, key))
	{
		target = NULL;
		if (environment_has(variable, other))
			return NULL;
	}
	for (i = 0; i < conf->count; i++)
		if (conf->lines[i].target == target &&
			strcmp(conf->lines[i].key, key) == 0)
			value = conf->lines[i].value;
	return value;
}

/* The database of a target, with its service, as a connection string. */
static char *
conf_database(const Conf *conf, const char *target)
{
	bool		is_own = target != NULL &&
		(command_conf_says(conf, target, "dbname") ||
		 command_conf_says(conf, target, "service"));
	const char *owner = is_own ? target : NULL;
	const char *dbname = !command_conf_says(conf, owner, "dbname") ? NULL :
		conf_value(conf, owner, "dbname", "PGDATABASE", "PGSERVICE");
	const char *service = !command_conf_says(conf, owner, "service") ? NULL :
		conf_value(conf, owner, "service", "PGDATABASE", "PGSERVICE");
	PQExpBufferData text;

	if (service == NULL)
		return dbname == NULL ? NULL : pg_strdup(dbname);
	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, "service=");
	appendConnStrVal(&text, service);
	if (dbname != NULL)
	{
		appendPQExpBufferStr(&text, " dbname=");
		appendConnStrVal(&text, dbname);
	}
	return text.data;
}

/* Fill in what the command line does not say of a connection. */
static void
complete_connection(const Conf *conf, const char *target,
					ConnectionOptions *connection)
{
	if (connection->dbname == NULL)
		connection->dbname = conf_database(conf, target);
	if (connection->host == NULL)
		connection->host = conf_value(conf, target, "host", "PGHOST",
									  "PGHOSTADDR");
	if (connection->port == NULL)
		connection->port = conf_value(conf, target, "port", "PGPORT", NULL);
	if (connection->user == NULL)
		connection->user = conf_value(conf, target, "username", "PGUSER",
									  NULL);
}

void
command_options_connection(Options *options, const char *name,
						   ConnectionOptions *connection)
{
	const char *target = command_conf_target(&options->conf, name);

	*connection = options->connection;
	if (!is_given['h'])
		connection->host = NULL;
	if (!is_given['p'])
		connection->port = NULL;
	if (!is_given['U'])
		connection->user = NULL;
	connection->dbname = target == NULL ? name : NULL;
	complete_connection(&options->conf, target, connection);
}

bool
command_options_has_password(const char *conninfo)
{
	PQconninfoOption *settings = PQconninfoParse(conninfo, NULL);
	PQconninfoOption *setting;
	bool		is_found = false;

	for (setting = settings; setting != NULL && setting->keyword != NULL;
		 setting++)
		if (strcmp(setting->keyword, "password") == 0 &&
			setting->val != NULL)
			is_found = true;
	PQconninfoFree(settings);
	return is_found;
}

/* Look whether a line of versioning.conf is one that can be there. */
static void
check_line(const ConfLine *line)
{
	const OptionRow *row = command_option_table_find(line->key);
	const char *nearest;

	if (strcmp(line->key, "service") == 0)
		return;
	if (strcmp(line->key, "password") == 0 ||
		(strcmp(line->key, "dbname") == 0 &&
		 command_options_has_password(line->value)))
		command_options_error("a password does not belong into this file; "
							  "the password file ~/.pgpass is for that");
	if (row != NULL && !row->is_key)
		command_options_error("\"%s\" can be said on the command line only",
							  line->key);
	if (row != NULL)
		return;
	nearest = command_option_table_suggest(line->key);
	if (nearest != NULL)
		command_options_error("there is no key \"%s\". Did you mean \"%s\"?",
							  report_printable(line->key), nearest);
	command_options_error("there is no key \"%s\"; keys are the long options",
						  report_printable(line->key));
}

/* Is a key that takes no value switched on? */
static bool
is_on(const ConfLine *line)
{
	static const char *const on[] = {"on", "true", "yes", "1"};
	static const char *const off[] = {"off", "false", "no", "0"};
	size_t		i;

	for (i = 0; i < lengthof(on); i++)
		if (pg_strcasecmp(line->value, on[i]) == 0)
			return true;
		else if (pg_strcasecmp(line->value, off[i]) == 0)
			return false;
	command_options_error("%s takes on or off, not \"%s\"", line->key,
						  report_printable(line->value));
	return false;
}

/* Take in what a target, or NULL for all, says that nobody said before. */
static void
read_lines(Options *options, const char *target, CommandBit command)
{
	const Conf *conf = &options->conf;
	int			i;

	for (i = 0; i < conf->count; i++)
	{
		const ConfLine *line = &conf->lines[i];
		const OptionRow *row = command_option_table_find(line->key);

		if (line->target != target || row == NULL ||
			(command_option_table_commands(row->value) & command) == 0 ||
			(row->value < 256 && strchr("dhpU", row->value) != NULL))
			continue;
		if (row->value != 'v' &&
			(is_given[row->value] ||
			 (target == NULL && options->target != NULL &&
			  command_conf_says(conf, options->target, line->key))))
			continue;
		current_line = line;
		optarg = line->value;
		if (row->argument != NULL || is_on(line))
			read_option(options, row->value, 0, NULL);
		current_line = NULL;
	}
}

/* Take the target, if the command line names one. */
static void
find_target(Options *options, CommandBit command)
{
	const Conf *conf = &options->conf;

	if (is_given['d'])
	{
		options->target = command_conf_target(conf,
											  options->connection.dbname);
		if (options->target != NULL)
			options->connection.dbname = NULL;
	}
	else if ((command & COMMANDS_WITH_TARGET) != 0 && options->name_count > 0)
	{
		options->target = command_conf_target(conf, options->names[0]);
		if (options->target != NULL)
		{
			options->names++;
			options->name_count--;
			options->wants_connection = true;
		}
	}
}

/* Take in the file of the project. */
static void
read_conf(Options *options, CommandBit command)
{
	SimpleStringList variables = options->deploy.variables;
	const SimpleStringListCell *cell;
	ProblemList problems = {0};
	int			i;

	command_conf_read(&options->conf, &problems);
	if (report_problems(options->progname, &problems, NULL) > 0)
		exit(STATUS_TROUBLE);
	problem_free(&problems);
	current_conf = &options->conf;
	for (i = 0; i < options->conf.count; i++)
	{
		current_line = &options->conf.lines[i];
		check_line(current_line);
	}
	current_line = NULL;
	find_target(options, command);
	if ((command & COMMANDS_WITHOUT_DATABASE) == 0 ||
		options->wants_connection)
		complete_connection(&options->conf, options->target,
							&options->connection);

	/* psql takes the last of several values: that is the command line's */
	memset(&options->deploy.variables, 0, sizeof(SimpleStringList));
	read_lines(options, NULL, command);
	if (options->target != NULL)
		read_lines(options, options->target, command);
	for (cell = variables.head; cell != NULL; cell = cell->next)
		simple_string_list_append(&options->deploy.variables, cell->val);
	simple_string_list_destroy(&variables);
}

/* Add the place where files are if nobody has said anything. */
static void
add_default_place(const Options *options, SimpleStringList *places,
				  const char *place, bool may_be_missing)
{
	char	   *path;

	if (places->head != NULL)
		return;
	path = command_conf_place(&options->conf, place);
	if (!may_be_missing || access(path, F_OK) == 0)
		simple_string_list_append(places, path);
	pg_free(path);
}

/*
 * Fill in the places where nobody has said anything.  Rollbacks may be
 * missing: it is for those who need one to say so.  But new wants to know
 * where to put one.
 */
static void
set_default_places(Options *options, CommandBit command)
{
	add_default_place(options, &options->patches, DEFAULT_PATCHES, false);
	add_default_place(options, &options->rollbacks, DEFAULT_ROLLBACKS,
					  (command & (COMMAND_NEW | COMMAND_INIT)) == 0);
}

/* Complain if the command takes fewer or more names than there are. */
static void
check_names(const Options *options, CommandBit command)
{
	int			most = command == COMMAND_HELP ||
		command == COMMAND_BASELINE ? 1 :
		command != COMMAND_NEW ? 0 :
		options->recipe != NULL ? PG_INT32_MAX : 1;

	if (command == COMMAND_NEW && options->name_count == 0 &&
		!options->lists_recipes)
		command_options_error("new takes the name of the patch");
	if (command == COMMAND_BASELINE && options->name_count == 0)
		command_options_error("baseline takes the name of the patch");
	if ((command & COMMANDS_WITH_PATCHES) != 0 && options->name_count == 0)
		command_options_error("%s takes the names of patches",
							  options->command);
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
	if (command != COMMAND_ROLLBACK)
		return;
	if (options->name_count == 0 && options->last == 0)
		command_options_error("rollback takes the names of patches, or "
							  "--last");
	if (options->name_count > 0 && options->last > 0)
		command_options_error("--last and names of patches cannot be used "
							  "together");
}

/* Complain if the command cannot do something with an option. */
static void
check_options(const Options *options, CommandBit command)
{
	int			i;

	for (i = 0; i < command_option_table_size; i++)
	{
		const OptionRow *row = &command_option_table[i];

		if (is_given[row->value] &&
			(command_option_table_commands(row->value) & command) == 0)
			command_options_error("--%s cannot be used with %s", row->name,
								  options->command);
	}
	if (options->deploy.is_quiet && options->deploy.is_verbose)
		command_options_error("--quiet and --verbose cannot be used "
							  "together");
	if (options->deploy.is_json && options->deploy.is_verbose)
		command_options_error("--json and --verbose cannot be used "
							  "together");
}

void
command_options_complete(Options *options, CommandBit command)
{
	options->wants_connection = is_given['d'] || is_given['h'] ||
		is_given['p'] || is_given['U'] || is_given['w'] || is_given['W'];
	if ((command & COMMANDS_WITHOUT_CONF) == 0)
		read_conf(options, command);
	set_default_places(options, command);
	check_options(options, command);
	check_names(options, command);
}

void
command_options_free(Options *options)
{
	simple_string_list_destroy(&options->patches);
	simple_string_list_destroy(&options->rollbacks);
	simple_string_list_destroy(&options->deploy.variables);
	simple_string_list_destroy(&options->disabled);
	command_conf_free(&options->conf);
	pg_free(options->connection.password);
}
