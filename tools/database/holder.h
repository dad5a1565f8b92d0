/*-------------------------------------------------------------------------
 *
 * database/holder.h
 *		Who has a lock that is waited for
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_HOLDER_H
#define DATABASE_HOLDER_H

#include "libpq-fe.h"
#include "pqexpbuffer.h"

/*
 * The parts of a query about holders, given one with the columns "pid" and
 * "virtualtransaction" of theirs as in pg_locks.  Prepared transactions have
 * no process; each has a lock on its number.
 */
#define HOLDER_COLUMNS \
	"l.pid, x.gid, coalesce(a.usename, x.owner), a.application_name," \
	" pg_catalog.to_char(coalesce(x.prepared, a.xact_start," \
	"  CASE WHEN a.state = 'idle' THEN a.query_start" \
	"  ELSE a.backend_start END), 'YYYY-MM-DD HH24:MI:SS TZ')," \
	" a.state, pg_catalog.rtrim(pg_catalog.left(" \
	"  pg_catalog.regexp_replace(a.query, '[[:space:]]+', ' ', 'g'), 80)," \
	" '; ')"
#define HOLDER_FROM(locks) \
	" FROM (" locks ") AS l" \
	" LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid" \
	" LEFT JOIN pg_catalog.pg_prepared_xacts x ON l.pid IS NULL" \
	" AND x.transaction IN (SELECT t.transactionid" \
	"  FROM pg_catalog.pg_locks t WHERE t.locktype = 'transactionid'" \
	"  AND t.granted AND t.pid IS NULL" \
	"  AND t.virtualtransaction = l.virtualtransaction)"

/*
 * The type of a process of pg_stat_activity.  Not every role is shown that of
 * others; but only autovacuum has a database and no user.
 */
#define HOLDER_AUTOVACUUM "autovacuum worker"
#define HOLDER_TYPE(alias) \
	"CASE WHEN " alias ".datid IS NOT NULL AND " alias ".usesysid IS NULL" \
	" THEN '" HOLDER_AUTOVACUUM "' ELSE " alias ".backend_type END"

/* All of it; what is read here begins with these columns. */
#define HOLDER_QUERY(locks) "SELECT " HOLDER_COLUMNS HOLDER_FROM(locks)

/* Those that others may want, too */
enum
{
	HOLDER_PID, HOLDER_GID, HOLDER_ROLE, HOLDER_APPLICATION, HOLDER_SINCE,
	HOLDER_STATE, HOLDER_DOES, HOLDER_COUNT
};

/*
 * Append who the holder in that row of the result is: a process or a prepared
 * transaction and, as far as we may know it, its role, its application, and
 * since when.
 */
extern void holder_append(PQExpBuffer text, const PGresult *result, int row);

/* Append what that holder does, with a comma before it, unless it is idle. */
extern void holder_append_doing(PQExpBuffer text, const PGresult *result,
								int row);

#endif							/* DATABASE_HOLDER_H */
