/*-------------------------------------------------------------------------
 *
 * deploy/runner.c
 *		What it takes to run the files of a plan in this database
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "deploy/runner.h"
#include "mb/pg_wchar.h"

/* How the user wants to be told. */
static ProgressForm
find_form(const RunOptions *options)
{
	if (options->is_json)
		return PROGRESS_JSON;
	return options->is_quiet ? PROGRESS_QUIET : PROGRESS_LINES;
}

/*
 * Does it take psql to read any file as this server would?  Our rules are
 * those of standard_conforming_strings, and of encodings in which no byte of
 * a letter can be taken for another one.
 */
static bool
is_unusual(PGconn *conn)
{
	const char *value = PQparameterStatus(conn,
										  "standard_conforming_strings");

	return value == NULL || strcmp(value, "on") != 0 ||
		!pg_valid_server_encoding_id(PQclientEncoding(conn));
}

/*
 * Is a variable given that psql itself obeys?  ON_ERROR_STOP and QUIET are
 * not, as we set them after it.
 */
static bool
has_special_variable(const SimpleStringList *variables)
{
	static const char *const names[] = {
		"AUTOCOMMIT=", "COMP_KEYWORD_CASE=", "ECHO=", "ECHO_HIDDEN=",
		"ENCODING=", "FETCH_COUNT=", "HIDE_TABLEAM=",
		"HIDE_TOAST_COMPRESSION=", "ON_ERROR_ROLLBACK=",
		"SHOW_ALL_RESULTS=", "SHOW_CONTEXT=", "SINGLELINE=", "SINGLESTEP=",
		"VERBOSITY="
	};
	const SimpleStringListCell *cell;
	size_t		i;

	for (cell = variables->head; cell != NULL; cell = cell->next)
		for (i = 0; i < lengthof(names); i++)
			if (strncmp(cell->val, names[i], strlen(names[i])) == 0)
				return true;
	return false;
}

/*
 * Does the server look after clients that have died, when it is asked to?
 * That is since release 14, and not on every system.
 */
static bool
can_check_client(const Observer *source)
{
	PGresult   *result =
		watch_observer_query(source, "SELECT pg_catalog.set_config("
							 "'client_connection_check_interval', '1s', "
							 "false)", 0, NULL);

	PQclear(result);
	return result != NULL;
}

void
deploy_runner_open(FileRunner *runner, const RunOptions *options,
				   PGconn *conn, DeployAction action, int count)
{
	runner->options = options;
	runner->conn = conn;
	runner->application_name = action == DEPLOY_APPLY ?
		"versioning apply" : "versioning rollback";
	runner->progress = watch_progress_create(find_form(options),
											 options->is_verbose, count,
											 options->label);
	runner->checks_client = PQserverVersion(conn) >= 140000 &&
		can_check_client(runner->observer);
	runner->forces_psql = options->forces_psql || is_unusual(conn) ||
		has_special_variable(&options->variables);
	runner->is_unicode = connection_is_unicode(conn);
}

void
deploy_runner_close(FileRunner *runner)
{
	watch_progress_free(runner->progress);
}
