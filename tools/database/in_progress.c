/*-------------------------------------------------------------------------
 *
 * database/in_progress.c
 *		Sessions that are in a patch outside a transaction block
 *
 * A file without a transaction may register its patch first.  Then the
 * register has it, while much of the file may not have run yet.  The extension
 * tells, in a view, which sessions there are that are still in such a patch.
 *
 * A session that its client has closed takes a moment to end.  Nobody who runs
 * psql and then us expects to hear of it, so it gets that moment.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "database/connection.h"
#include "database/in_progress.h"
#include "lib/stringinfo.h"

/* How often to look, and how long to wait between, in milliseconds */
#define TRIES 25
#define PAUSE 20

static const char query[] =
"SELECT patch_name, event = 'taken back', pid, role_name, application_name,"
" pg_catalog.to_char(since, 'YYYY-MM-DD HH24:MI:SS TZ'),"
" pg_catalog.to_char(since, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')"
" FROM _v.in_progress WHERE pid <> pg_catalog.pg_backend_pid()"
" ORDER BY history_id, pid";

/* The columns of the result */
enum
{
	NAME, TAKES_BACK, PID, ROLE, APPLICATION, SINCE, SINCE_ISO
};

/* Fill in one session from its row. */
static void
read_row(PatchSession *session, const PGresult *result, int row)
{
	session->name = PQgetvalue(result, row, NAME);
	session->takes_back = PQgetvalue(result, row, TAKES_BACK)[0] == 't';
	session->pid = PQgetvalue(result, row, PID);
	session->role = PQgetvalue(result, row, ROLE);
	session->application = PQgetvalue(result, row, APPLICATION);
	session->since = PQgetvalue(result, row, SINCE);
	session->since_iso = PQgetvalue(result, row, SINCE_ISO);
}

/* Read which sessions there are. */
bool
in_progress_read(PGconn *conn, InProgress *list)
{
	int			i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < TRIES; i++)
	{
		if (i > 0)
			pg_usleep(PAUSE * 1000L);
		PQclear(list->result);
		list->result = connection_query(conn, query);
		if (list->result == NULL)
			return false;
		if (PQntuples(list->result) == 0)
			break;
	}
	list->count = PQntuples(list->result);
	list->sessions = pg_malloc((list->count + 1) * sizeof(PatchSession));
	for (i = 0; i < list->count; i++)
		read_row(&list->sessions[i], list->result, i);
	return true;
}

void
in_progress_free(InProgress *list)
{
	pg_free(list->sessions);
	PQclear(list->result);
}

/* A session in words. */
char *
in_progress_describe(const char *pid, const char *role,
					 const char *application, const char *since)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "process %s", pid);
	if (role[0] != '\0')
		appendStringInfo(&text, " of user \"%s\"", report_printable(role));
	if (application[0] != '\0')
		appendStringInfo(&text, ", application \"%s\"",
						 report_printable(application));
	if (since[0] != '\0')
		appendStringInfo(&text, ", since %s", since);
	return text.data;
}

/* What a session does to its patch, in words. */
char *
in_progress_explain(const PatchSession *session)
{
	char	   *who = in_progress_describe(session->pid, session->role,
										   session->application,
										   session->since);
	char	   *text = psprintf("patch \"%s\" is being %s by %s",
								report_printable(session->name),
								session->takes_back ? "taken back" :
								"applied", who);

	pg_free(who);
	return text;
}
