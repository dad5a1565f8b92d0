/*-------------------------------------------------------------------------
 *
 * command/register.c
 *		The register, for commands that can do without
 *
 * Whoever names a database on the command line wants it to be looked at.  If
 * only the environment does, that may be meant for other programs: then we
 * try, and say so if we go on without.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"

void
command_register_report(const Options *options, const Register *reg)
{
	report_problems(options->progname, &reg->survey.functions, NULL);
	report_problems(options->progname, &reg->problems, NULL);
}

/* Does the environment say which database? */
static bool
environment_names_database(void)
{
	const char *database = getenv("PGDATABASE");
	const char *service = getenv("PGSERVICE");

	return (database != NULL && database[0] != '\0') ||
		(service != NULL && service[0] != '\0');
}

/* Connect and read the register; NULL after a message. */
static Register *
connect_and_read(Options *options, PGconn **conn)
{
	Register   *reg;

	*conn = connection_open(&options->connection, "versioning");
	if (*conn == NULL)
		return NULL;
	reg = register_read(*conn);
	if (reg != NULL)
		report_problems(options->progname, &reg->problems, NULL);
	else
		connection_close(*conn);
	return reg;
}

bool
command_register_open(Options *options, PGconn **conn, Register **reg)
{
	*reg = NULL;
	*conn = NULL;
	if (!options->wants_connection && !environment_names_database())
		return true;
	*reg = connect_and_read(options, conn);
	if (*reg != NULL)
		return true;
	if (options->wants_connection)
		return false;
	pg_log_warning("%s goes on without the database that the environment "
				   "names", options->command);
	return true;
}

bool
command_register_read(Options *options, Register **reg)
{
	PGconn	   *conn;
	bool		result = command_register_open(options, &conn, reg);

	if (*reg != NULL)
		connection_close(conn);
	return result;
}
