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

#include "base/color.h"
#include "base/duration.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "base/status.h"
#include "command/options.h"
#include "common/string.h"

/* Where patches and rollbacks are if nobody says anything else */
#define DEFAULT_PATCHES "patches"
#define DEFAULT_ROLLBACKS "rollbacks"
#define DEFAULT_VERIFICATIONS "verify"

/* How long to wait for another deployer, in seconds */
#define DEFAULT_WAIT 60

/* How long to wait for a lock, and how long to try, in milliseconds */
#define DEFAULT_LOCK_TIMEOUT 2000
#define DEFAULT_RETRY_FOR (10 * 60 * 1000)

/* The names of the options that the command line has */
static SimpleStringList given;

/*
 * Where what is being read stands, for messages: a line of versioning.conf, or
 * NULL for the command line
 */
static const Conf *current_conf;
static const ConfLine *current_line;

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
command_options_exclude(bool are_given, const char *one, const char *other)
{
	if (are_given)
		command_options_error("%s and %s cannot be used together", one,
							  other);
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
		command_options_error("a place of files cannot be empty");
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
number(const OptionRow *row, int least)
{
	char	   *end;
	int			value;

	errno = 0;
	value = strtoint(optarg, &end, 10);
	if (end == optarg || *end != '\0' || errno != 0 || value < least)
		command_options_error("--%s takes a number from %d to %d, not \"%s\"",
							  row->name, least, PG_INT32_MAX,
							  report_printable(optarg));
	return value;
}

/* The milliseconds that an option's argument stands for. */
static int64
duration(const OptionRow *row)
{
	int64		value;

	if (!duration_parse(optarg, &value))
		command_options_error("--%s takes " DURATION_FORM ", not \"%s\"",
							  row->name, report_printable(optarg));
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

/* Take in one option, with its argument. */
static void
read_option(Options *options, const OptionRow *row, int argc, char **argv)
{
	void	   *field = (char *) options + row->offset;

	switch (row->kind)
	{
		case OPTION_FLAG:
			*(bool *) field = true;
			break;
		case OPTION_TEXT:
			*(const char **) field = optarg;
			break;
		case OPTION_VARIABLE:
			check_variable(optarg);
			simple_string_list_append(field, optarg);
			break;
		case OPTION_LIST:
			simple_string_list_append(field, optarg);
			break;
		case OPTION_PLACES:
			add_places(field, argc, argv);
			break;
		case OPTION_COUNT:
			*(int *) field = number(row, 0);
			break;
		case OPTION_NUMBER:
			*(int *) field = number(row, 1);
			break;
		case OPTION_TIME:
			*(int64 *) field = duration(row);
			break;
		case OPTION_COLOR:
			if (!color_choose(optarg))
				command_options_error("--color takes auto, always or never, "
									  "not \"%s\"", report_printable(optarg));
			break;
		case OPTION_NEVER_ASK:
			*(PasswordPrompt *) field = PASSWORD_NEVER;
			break;
		case OPTION_ALWAYS_ASK:
			*(PasswordPrompt *) field = PASSWORD_ALWAYS;
			break;
		case OPTION_VERSION:
		case OPTION_HELP:
			break;
	}
}

void
command_options_take(Options *options, const OptionRow *row, char *value)
{
	optarg = value;
	read_option(options, row, 0, NULL);
}

void
command_options_set_line(const Conf *conf, const ConfLine *line)
{
	current_conf = conf;
	current_line = line;
}

bool
command_options_is_given(const char *name)
{
	return simple_string_list_member(&given, name);
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

/* Keep what the command line says of the connection, before others do. */
static void
note_connection(Options *options)
{
	const ConnectionOptions *connection = &options->connection;

	options->given = *connection;
	options->wants_connection = connection->dbname != NULL ||
		connection->host != NULL || connection->port != NULL ||
		connection->user != NULL || connection->prompt != PASSWORD_IF_ASKED;
}

OptionsWish
command_options_read(Options *options, int argc, char **argv)
{
	OptionsWish wish = argc == 1 ? OPTIONS_NOTHING : OPTIONS_COMMAND;
	int			value;

	options->parallel = 1;
	options->deploy.wait = DEFAULT_WAIT;
	options->deploy.lock_timeout = DEFAULT_LOCK_TIMEOUT;
	options->deploy.retry_for = DEFAULT_RETRY_FOR;
	while ((value = getopt_long(argc, argv, command_option_table_letters(),
								command_option_table_long(), NULL)) != -1)
	{
		const OptionRow *row = command_option_table_row(value);

		if (value == '?' && strcmp(argv[optind - 1], "-?") != 0)
			refuse_option(argv[optind - 1]);
		if (row->kind == OPTION_VERSION)
			return OPTIONS_VERSION;
		if (row->kind == OPTION_HELP)
			wish = OPTIONS_HELP;
		else
			simple_string_list_append(&given, row->name);
		read_option(options, row, argc, argv);
	}
	note_connection(options);
	if (optind < argc)
	{
		options->command = argv[optind];
		options->names = argv + optind + 1;
		options->name_count = argc - optind - 1;
	}
	else if (wish == OPTIONS_COMMAND)
		command_options_error("no command is given");
	return wish;
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
	add_default_place(options, &options->verifications,
					  DEFAULT_VERIFICATIONS, true);
}

/* Complain about names that cannot be there beside an option. */
static void
check_names(const Options *options, CommandBit command)
{
	bool		has_names = options->name_count > 0;

	if (options->restart_at > 0 && options->name_count != 1)
		command_options_error("--restart-at takes the name of one patch");
	command_options_exclude(options->to != NULL && has_names, "--to",
							"names of patches");
	command_options_exclude(options->to != NULL && options->last > 0, "--to",
							"--last");
	command_options_exclude(options->last > 0 && has_names, "--last",
							"names of patches");
	if (command == COMMAND_ROLLBACK && !has_names && options->last == 0 &&
		options->to == NULL)
		command_options_error("rollback takes the names of patches, --last "
							  "or --to");
}

/* Complain of what cannot be done in a single transaction. */
static void
check_single(const Options *options)
{
	const char *other = options->deploy.forces_psql ? "--psql" :
		options->runs_jobs ? "--run-jobs" :
		options->restart_at > 0 ? "--restart-at" : NULL;

	command_options_exclude(options->deploy.is_single && other != NULL,
							"--single-transaction", other);
}

/* Complain if the command cannot do something with an option. */
static void
check_options(const Options *options, CommandBit command)
{
	int			i;

	for (i = 0; i < command_option_table_size; i++)
	{
		const OptionRow *row = &command_option_table[i];

		if (command_options_is_given(row->name) &&
			(command_option_table_commands(row->name, false) & command) == 0)
			command_options_error("--%s cannot be used with %s", row->name,
								  options->command);
	}
	command_options_exclude(options->deploy.is_quiet &&
							options->deploy.is_verbose, "--quiet",
							"--verbose");
	command_options_exclude(options->deploy.is_json &&
							options->deploy.is_verbose, "--json",
							"--verbose");
	check_single(options);
}

void
command_options_complete(Options *options, CommandBit command)
{
	set_default_places(options, command);
	check_options(options, command);
	check_names(options, command);
}

void
command_options_free(Options *options)
{
	simple_string_list_destroy(&options->patches);
	simple_string_list_destroy(&options->rollbacks);
	simple_string_list_destroy(&options->verifications);
	simple_string_list_destroy(&options->deploy.variables);
	simple_string_list_destroy(&options->disabled);
	simple_string_list_destroy(&options->data);
	command_conf_free(&options->conf);
	pg_free(options->connection.password);
}
