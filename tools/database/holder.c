/*-------------------------------------------------------------------------
 *
 * database/holder.c
 *		Who has a lock that is waited for
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "database/holder.h"
#include "database/in_progress.h"

/* A column that holds a name, as it can be printed. */
static const char *
printable(const PGresult *result, int row, int column)
{
	return report_printable(PQgetvalue(result, row, column));
}

void
holder_append(PQExpBuffer text, const PGresult *result, int row)
{
	char	   *who;

	if (!PQgetisnull(result, row, HOLDER_GID))
	{
		appendPQExpBuffer(text, "prepared transaction \"%s\" of user \"%s\", "
						  "since %s",
						  printable(result, row, HOLDER_GID),
						  printable(result, row, HOLDER_ROLE),
						  PQgetvalue(result, row, HOLDER_SINCE));
		return;
	}
	who = in_progress_describe(PQgetvalue(result, row, HOLDER_PID),
							   PQgetvalue(result, row, HOLDER_ROLE),
							   PQgetvalue(result, row, HOLDER_APPLICATION),
							   PQgetvalue(result, row, HOLDER_SINCE));
	appendPQExpBufferStr(text, who);
	pg_free(who);
}

void
holder_append_doing(PQExpBuffer text, const PGresult *result, int row)
{
	const char *state = PQgetvalue(result, row, HOLDER_STATE);

	if (strcmp(state, "active") == 0)
		state = "running";
	if (state[0] != '\0' && strcmp(state, "idle") != 0)
		appendPQExpBuffer(text, ", %s: %s", state,
						  printable(result, row, HOLDER_DOES));
}
