/*-------------------------------------------------------------------------
 *
 * command/target.c
 *		What versioning.conf says, and which of its targets is meant
 *
 * The command line comes before the target, the target before the environment,
 * and that before what stands before all targets.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "base/status.h"
#include "base/suggestion.h"
#include "command/target.h"
#include "fe_utils/string_utils.h"

/* Commands that do without versioning.conf */
#define COMMANDS_WITHOUT_CONF (COMMAND_INIT | COMMAND_HELP)

/*
 * Commands that do without a database unless the command line or the
 * environment names one: what they look at may come from people who are not
 * trusted, and so may versioning.conf.
 */
#define COMMANDS_WITHOUT_DATABASE \
	(COMMAND_CHECK | COMMAND_GRAPH | COMMAND_NEW)

/*
 * Those that reviews run, where a password may be in the environment: they
 * connect as only the command line and the environment say, unless a target
 * stands as the first argument.
 */
#define COMMANDS_OF_REVIEWS (COMMAND_CHECK | COMMAND_GRAPH)

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
command_target_connection(Options *options, const char *name,
						   ConnectionOptions *connection)
{
	const char *target = command_conf_target(&options->conf, name);

	*connection = options->given;
	connection->password = options->connection.password;
	connection->dbname = target == NULL ? name : NULL;
	complete_connection(&options->conf, target, connection);
}

const char *
command_target_suggest(const Options *options, CommandBit command)
{
	Suggestion	suggestion;
	int			i;

	if ((command & COMMANDS_WITH_TARGET) == 0 || options->target != NULL ||
		options->given.dbname != NULL)
		return NULL;
	suggestion_init(&suggestion, options->names[0]);
	for (i = 0; i < options->conf.target_count; i++)
		suggestion_offer(&suggestion, options->conf.targets[i]);
	return suggestion.nearest;
}

bool
command_target_has_password(const char *conninfo)
{
	PQconninfoOption *settings = PQconninfoParse(conninfo, NULL);
	PQconninfoOption *setting;
	bool		is_found = false;

	for (setting = settings; setting != NULL && setting->keyword != NULL;
		 setting++)
		if (setting->dispchar[0] == '*' && setting->val != NULL)
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
		 command_target_has_password(line->value)))
		command_options_error("a password does not belong in this file; "
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

/* Is it about the connection?  That is completed as a whole. */
static bool
is_of_connection(const OptionRow *row)
{
	return row->kind == OPTION_TEXT &&
		row->offset >= offsetof(Options, connection) &&
		row->offset < offsetof(Options, connection) +
		sizeof(ConnectionOptions);
}

/* Has the command line, or the target that is meant, said it already? */
static bool
is_said(const Options *options, const char *target, const OptionRow *row)
{
	return row->kind != OPTION_VARIABLE &&
		(command_options_is_given(row->name) ||
		 (target == NULL && options->target != NULL &&
		  command_conf_says(&options->conf, options->target, row->name)));
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

		command_options_set_line(conf, line);
		if (line->target == target && row != NULL &&
			(command_option_table_commands(line->key, true) & command) != 0 &&
			!is_of_connection(row) && !is_said(options, target, row) &&
			(row->argument != NULL || is_on(line)))
			command_options_take(options, row, line->value);
	}
	command_options_set_line(NULL, NULL);
}

/* Take the target, if the command line names one. */
static void
find_target(Options *options, CommandBit command)
{
	const Conf *conf = &options->conf;

	if (options->connection.dbname != NULL)
	{
		if ((command & COMMANDS_OF_REVIEWS) != 0)
			return;
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

/* Look whether all lines can be there. */
static void
check_lines(const Options *options)
{
	int			i;

	for (i = 0; i < options->conf.count; i++)
	{
		command_options_set_line(&options->conf, &options->conf.lines[i]);
		check_line(&options->conf.lines[i]);
	}
	command_options_set_line(NULL, NULL);
}

void
command_target_read_conf(Options *options, CommandBit command)
{
	SimpleStringList variables = options->deploy.variables;
	const SimpleStringListCell *cell;
	ProblemList problems = {0};

	if ((command & COMMANDS_WITHOUT_CONF) != 0)
		return;
	command_conf_read(&options->conf, &problems);
	if (report_problems(options->progname, &problems, NULL) > 0)
		exit(STATUS_TROUBLE);
	problem_free(&problems);
	check_lines(options);
	find_target(options, command);
	if ((command & COMMANDS_WITHOUT_DATABASE) == 0 ||
		options->target != NULL ||
		(options->wants_connection && (command & COMMANDS_OF_REVIEWS) == 0))
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
