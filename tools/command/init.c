/*-------------------------------------------------------------------------
 *
 * command/init.c
 *		versioning init: begin a project
 *
 * Makes the directories and versioning.conf, as far as they are not there, in
 * the current directory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "command/directory.h"
#include "command/target.h"
#include "pqexpbuffer.h"
#include "project/new_files.h"

/* Say what has been made, or that it was there. */
static void
tell(const Options *options, const char *path, bool is_made)
{
	if (options->deploy.is_quiet)
		return;
	report_escaped(stdout, path);
	puts(is_made ? "" : " is there already");
}

/* Make a directory, if it is not there; false after a message. */
static bool
make_directory(const Options *options, const char *path)
{
	bool		is_missing = command_directory_is_missing(path);

	if (!command_directory_make(path))
		return false;
	tell(options, path, is_missing);
	return true;
}

/* Append a key with its value, or as an example if it has none. */
static void
append_key(PQExpBuffer text, const char *key, const char *value,
		   const char *example)
{
	const char *p;

	if (value == NULL)
	{
		appendPQExpBuffer(text, "#%s = %s\n", key, example);
		return;
	}
	appendPQExpBuffer(text, "%s = '", key);
	for (p = value; *p != '\0'; p++)
	{
		if (*p == '\'')
			appendPQExpBufferChar(text, '\'');
		appendPQExpBufferChar(text, *p);
	}
	appendPQExpBufferStr(text, "'\n");
}

/* Append a key with each of the places. */
static void
append_places(PQExpBuffer text, const char *key,
			  const SimpleStringList *places)
{
	const SimpleStringListCell *cell;

	for (cell = places->head; cell != NULL; cell = cell->next)
		append_key(text, key, cell->val, NULL);
}

/* The file, with what the command line says of the connection. */
static char *
write_conf(const Options *options)
{
	const ConnectionOptions *connection = &options->connection;
	PQExpBufferData text;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text,
						 "# The options of this project, for versioning: keys "
						 "are the long options of\n"
						 "# the commands. The command line comes before this "
						 "file. No passwords: the\n"
						 "# file ~/.pgpass is for those.\n\n");
	append_places(&text, "patches", &options->patches);
	append_places(&text, "rollbacks", &options->rollbacks);
	append_key(&text, "dbname", connection->dbname, "app");
	append_key(&text, "host", connection->host, "localhost");
	append_key(&text, "port", connection->port, "5432");
	append_key(&text, "username", connection->user, "deploy");
	appendPQExpBufferStr(&text,
						 "#lock-timeout = 2s\n"
						 "#max-stall = 2s\n\n"
						 "# Targets: \"versioning status production\" means "
						 "this one.\n"
						 "#[production]\n"
						 "#service = app-prod\n");
	return text.data;
}

/* Make the directories that are not there; false after a message. */
static bool
make_directories(const Options *options, const SimpleStringList *places)
{
	const SimpleStringListCell *cell;

	for (cell = places->head; cell != NULL; cell = cell->next)
		if (!make_directory(options, cell->val))
			return false;
	return true;
}

/* Make the file, if it is not there; false after a message. */
static bool
make_conf(const Options *options)
{
	struct stat status;
	NewFile		file = {pg_strdup(CONF_FILE), NULL};
	bool		is_there = lstat(CONF_FILE, &status) == 0;
	bool		is_made = false;

	if (!is_there)
	{
		file.text = write_conf(options);
		is_made = project_new_files_write(&file, 1);
		free(file.text);
	}
	if (is_there || is_made)
		tell(options, CONF_FILE, is_made);
	pg_free(file.path);
	return is_there || is_made;
}

/* Look whether a value can stand in a line. */
static bool
is_line(const char *value, const char *what)
{
	if (value == NULL || strpbrk(value, "\r\n") == NULL)
		return true;
	pg_log_error("there is a line break in the %s", what);
	return false;
}

/* Look whether each of the places can stand in a line. */
static bool
are_lines(const SimpleStringList *places, const char *what)
{
	const SimpleStringListCell *cell;

	for (cell = places->head; cell != NULL; cell = cell->next)
		if (!is_line(cell->val, what))
			return false;
	return true;
}

/* Begin a project. */
Status
command_init(Options *options)
{
	const ConnectionOptions *connection = &options->connection;

	if (connection->dbname != NULL &&
		command_target_has_password(connection->dbname))
	{
		pg_log_error("a password does not belong in %s; the password file "
					 "~/.pgpass is for that", CONF_FILE);
		return STATUS_TROUBLE;
	}
	if (!is_line(connection->dbname, "name of the database") ||
		!is_line(connection->host, "name of the host") ||
		!is_line(connection->port, "port") ||
		!is_line(connection->user, "name of the user") ||
		!are_lines(&options->patches, "place of patches") ||
		!are_lines(&options->rollbacks, "place of rollbacks"))
		return STATUS_TROUBLE;
	return make_directories(options, &options->patches) &&
		make_directories(options, &options->rollbacks) &&
		make_conf(options) ? STATUS_DONE : STATUS_TROUBLE;
}
