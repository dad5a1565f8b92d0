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

/* The columns of the result */
enum
{
	PID, GID, ROLE, APPLICATION, SINCE, STATE, QUERY
};

void
holder_append(PQExpBuffer text, const PGresult *result, int row)
{
	char	   *who;

	if (!PQgetisnull(result, row, GID))
	{
		appendPQExpBuffer(text, "prepared transaction \"%s\" of user \"%s\", "
						  "since %s",
						  report_printable(PQgetvalue(result, row, GID)),
						  report_printable(PQgetvalue(result, row, ROLE)),
						  PQgetvalue(result, row, SINCE));
		return;
	}
	who = in_progress_describe(PQgetvalue(result, row, PID),
							   PQgetvalue(result, row, ROLE),
							   PQgetvalue(result, row, APPLICATION),
							   PQgetvalue(result, row, SINCE));
	appendPQExpBufferStr(text, who);
	pg_free(who);
}

void
holder_append_doing(PQExpBuffer text, const PGresult *result, int row)
{
	const char *state = PQgetvalue(result, row, STATE);

	if (strcmp(state, "active") == 0)
		state = "running";
	if (state[0] != '\0' && strcmp(state, "idle") != 0)
		appendPQExpBuffer(text, ", %s: %s", state,
						  report_printable(PQgetvalue(result, row, QUERY)));
}
