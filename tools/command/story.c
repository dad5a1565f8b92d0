/*-------------------------------------------------------------------------
 *
 * command/story.c
 *		What commands have in common that tell what happened
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/story.h"

PGconn *
command_story_connect(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning");

	if (conn == NULL || story_is_there(conn))
		return conn;
	connection_close(conn);
	return NULL;
}

Status
command_story_unknown(PGconn *conn, const char *name, const char *what,
					  bool may_be_patch)
{
	char	   *nearest = story_suggest(conn, name, may_be_patch);

	if (nearest == NULL)
		pg_log_error("\"%s\" is no %s that the database \"%s\" has, or is "
					 "known to have had", report_printable(name), what,
					 report_printable(PQdb(conn)));
	else
		pg_log_error("\"%s\" is no %s that the database \"%s\" has, or is "
					 "known to have had; did you mean \"%s\"?",
					 report_printable(name), what,
					 report_printable(PQdb(conn)), report_printable(nearest));
	pg_free(nearest);
	return STATUS_PROBLEM;
}
