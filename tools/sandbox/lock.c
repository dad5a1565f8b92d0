/*-------------------------------------------------------------------------
 *
 * sandbox/lock.c
 *		One at a time: advisory locks on what is being made
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <poll.h>

#include "base/interruption.h"
#include "base/report.h"
#include "common/logging.h"
#include "database/connection.h"
#include "sandbox/lock.h"

/* How long to wait before asking again for a lock, in milliseconds */
#define PAUSE 50

/* The number of the lock on what has the name $1, for a function */
#define LOCK(function) \
	"SELECT pg_catalog." function "(pg_catalog.hashtextextended(" \
	"'versioning sandbox ' || $1::pg_catalog.text, 0))"

bool
sandbox_lock_try(PGconn *conn, const char *name, bool *is_locked)
{
	PGresult   *result =
		connection_query_params(conn, LOCK("pg_try_advisory_lock"), 1, &name);

	*is_locked = result != NULL && PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return result != NULL;
}

void
sandbox_lock_pause(void)
{
	(void) poll(NULL, 0, PAUSE);
}

bool
sandbox_lock_wait(PGconn *conn, const char *name, bool is_quiet)
{
	bool		is_locked;
	int			i;

	for (i = 0; interruption_count() == 0; i++)
	{
		if (!sandbox_lock_try(conn, name, &is_locked) || is_locked)
			return is_locked;
		if (i == 0 && !is_quiet)
			pg_log_info("waiting for somebody else to make \"%s\"",
						report_printable(name));
		sandbox_lock_pause();
	}
	return false;
}

void
sandbox_lock_release(PGconn *conn, const char *name)
{
	PQclear(PQexecParams(conn, LOCK("pg_advisory_unlock"), 1, NULL, &name,
						 NULL, NULL, 0));
}
