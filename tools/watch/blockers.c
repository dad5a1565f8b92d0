/*-------------------------------------------------------------------------
 *
 * watch/blockers.c
 *		Who is in the way of a lock
 *
 * In the way are those who have a lock that conflicts, and those who wait for
 * one and were there first.  Somebody is known by the transaction; but an
 * advisory lock may be the session's, whatever transaction that is in.
 *
 * A lock is known by all columns of pg_locks that say what is locked, as one
 * text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/duration.h"
#include "base/json.h"
#include "base/report.h"
#include "database/holder.h"
#include "watch/blockers.h"

/* How many of them are named */
#define MOST_NAMED 3

/* The columns after those of holders */
enum
{
	TRANSACTION = HOLDER_COUNT, /* virtual transaction */
	MODE,						/* of the lock */
	AGE,						/* of the transaction, in milliseconds */
	STATE_AGE,					/* the same of what it does now */
	TYPE,						/* of the process */
	IS_STUBBORN,				/* autovacuum that does not give way */
	IS_CIRCLE,					/* it waits for the one that waits for it */
	LOCK,						/* what is locked, for the server */
	NAME,						/* and for people */
	WANTED,						/* the mode that was not to be had */
	WAITED,						/* for so many milliseconds */
	DEADLOCK_TIMEOUT
};

/* The columns that say what is locked */
#define OBJECT(alias) \
	"ROW(" alias ".locktype, " alias ".database, " alias ".relation, " \
	alias ".page, " alias ".tuple, " alias ".virtualxid, " \
	alias ".transactionid, " alias ".classid, " alias ".objid, " \
	alias ".objsubid)::pg_catalog.text"

/* How many milliseconds ago that was */
#define MILLISECONDS_SINCE(moment) \
	"pg_catalog.round(1000 * pg_catalog.date_part('epoch'," \
	" pg_catalog.clock_timestamp() - " moment ")::pg_catalog.numeric)"

/* The columns of a row of pg_locks that was joined with its holder */
#define OWN_COLUMNS \
	", l.virtualtransaction, l.mode, " \
	MILLISECONDS_SINCE("coalesce(x.prepared, a.xact_start)") ", " \
	MILLISECONDS_SINCE("CASE WHEN a.state = 'active' THEN a.query_start" \
					   " ELSE coalesce(x.prepared, a.state_change) END") ", " \
	HOLDER_TYPE("a") ", coalesce(a.query LIKE '%(to prevent wraparound)'," \
	" false), "

/* The name of a relation */
#define RELATION_NAME(relation) \
	"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)" \
	" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n" \
	" ON n.oid = c.relnamespace WHERE c.oid = " relation ")"

/*
 * What is locked, in words.  Whoever waits for the end of a transaction that
 * has changed a row has a lock on that row.
 */
#define OBJECT_NAME \
	"CASE w.locktype" \
	" WHEN 'relation' THEN " RELATION_NAME("w.relation") \
	" WHEN 'tuple' THEN 'a row of ' || " RELATION_NAME("w.relation") \
	" WHEN 'transactionid' THEN 'a row of ' || (SELECT " \
	RELATION_NAME("t.relation") " FROM pg_catalog.pg_locks t" \
	"  WHERE t.locktype = 'tuple' AND t.granted AND t.pid = w.pid LIMIT 1)" \
	" WHEN 'object' THEN" \
	"  pg_catalog.pg_describe_object(w.classid, w.objid, w.objsubid)" \
	" WHEN 'advisory' THEN pg_catalog.format('advisory lock %s'," \
	"  CASE w.objsubid WHEN 1 THEN ((w.classid::pg_catalog.int8 << 32) |" \
	"   w.objid::pg_catalog.int8)::pg_catalog.text" \
	"  ELSE pg_catalog.concat(w.classid, ', ', w.objid) END)" \
	" ELSE coalesce('a part of ' || " RELATION_NAME("w.relation") ") END"

/*
 * Most of the time the backend waits for nothing, and the locks need not be
 * looked at.
 */
const char	watch_blockers_query[] =
"WITH w AS MATERIALIZED (SELECT *, " OBJECT("l") " AS lock"
" FROM pg_catalog.pg_locks l WHERE pid = $1::pg_catalog.int4"
" AND NOT granted LIMIT 1), b AS MATERIALIZED"
" (SELECT pg_catalog.pg_blocking_pids($1::pg_catalog.int4) AS pids) "
"SELECT " HOLDER_COLUMNS OWN_COLUMNS
"coalesce($1::pg_catalog.int4 = ANY (pg_catalog.pg_blocking_pids(l.pid)),"
" false), l.lock, l.name, l.wanted, "
MILLISECONDS_SINCE("l.waitstart") ", "
"pg_catalog.current_setting('deadlock_timeout')"
HOLDER_FROM("SELECT h.pid, h.virtualtransaction, h.mode, w.lock, "
			OBJECT_NAME " AS name, w.mode AS wanted, w.waitstart"
			" FROM b CROSS JOIN w JOIN pg_catalog.pg_locks h"
			" ON " OBJECT("h") " = w.lock AND h.mode <> 'SIReadLock'"
			" WHERE h.pid = ANY (b.pids)"
			" OR (h.pid IS NULL AND h.granted AND 0 = ANY (b.pids))")
" WHERE (SELECT s.wait_event_type = 'Lock'"
" FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) s)"
" ORDER BY l.pid, l.virtualtransaction";

const char	watch_blockers_look[] =
"SELECT " HOLDER_COLUMNS OWN_COLUMNS
"false, $1::pg_catalog.text, $2::pg_catalog.text, $3::pg_catalog.text, 0,"
" pg_catalog.current_setting('deadlock_timeout')"
HOLDER_FROM("SELECT * FROM pg_catalog.pg_locks h"
			" WHERE " OBJECT("h") " = $1::pg_catalog.text"
			" AND mode <> 'SIReadLock'"
			" AND pid IS DISTINCT FROM pg_catalog.pg_backend_pid()")
" ORDER BY l.pid, l.virtualtransaction";

void
watch_blockers_parameters(const PGresult *blockers, const char **values)
{
	static const int columns[DEPLOY_BLOCKERS_PARAMETERS] = {
		LOCK, NAME, WANTED
	};
	int			i;

	for (i = 0; i < DEPLOY_BLOCKERS_PARAMETERS; i++)
		values[i] = PQgetvalue(blockers, 0, columns[i]);
}

/* A column that is a number; 0 if it is not known. */
static int64
number(const PGresult *result, int row, int column)
{
	return strtoi64(PQgetvalue(result, row, column), NULL, 10);
}

/* Does a column of two rows say the same, and anything at all? */
static bool
agree(const PGresult *a, int row, const PGresult *b, int other, int column)
{
	return !PQgetisnull(a, row, column) && !PQgetisnull(b, other, column) &&
		strcmp(PQgetvalue(a, row, column),
			   PQgetvalue(b, other, column)) == 0;
}

/* Is it the same one who is in the way of the same lock? */
static bool
is_same(const PGresult *a, int row, const PGresult *b, int other)
{
	if (!agree(a, row, b, other, LOCK))
		return false;
	if (agree(a, row, b, other, HOLDER_GID))
		return true;
	if (PQgetisnull(a, row, HOLDER_PID) && PQgetisnull(b, other, HOLDER_PID))
		return agree(a, row, b, other, TRANSACTION);
	return agree(a, row, b, other, HOLDER_PID) &&
		(agree(a, row, b, other, TRANSACTION) ||
		 strncmp(PQgetvalue(a, row, LOCK), "(advisory,", 10) == 0);
}

/*
 * The number of a mode, from 1; greater ones exclude more.  What is not known
 * excludes all.
 */
static int
mode_number(const char *mode)
{
	static const char *const modes[] = {
		"AccessShareLock", "RowShareLock", "RowExclusiveLock",
		"ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock",
		"ExclusiveLock", "AccessExclusiveLock"
	};
	size_t		i;

	for (i = 0; i < lengthof(modes) - 1; i++)
		if (strcmp(modes[i], mode) == 0)
			break;
	return (int) i + 1;
}

/* Does a lock of this row keep away the one that was wanted? */
static bool
is_in_conflict(const PGresult *result, int row)
{
	static const int least[] = {8, 7, 5, 4, 3, 3, 2, 1};
	int			wanted = mode_number(PQgetvalue(result, row, WANTED));
	int			mode = mode_number(PQgetvalue(result, row, MODE));

	/* ShareLock is the only one that does not exclude itself but the next */
	return mode >= least[wanted - 1] &&
		!(mode == wanted && strcmp(PQgetvalue(result, row, MODE),
								   "ShareLock") == 0);
}

/* Is one of a row's kind in the way there, too? */
static bool
is_among(const PGresult *seen, int row, const PGresult *now)
{
	int			i;

	for (i = 0; i < PQntuples(now); i++)
		if (is_in_conflict(now, i) && is_same(seen, row, now, i))
			return true;
	return false;
}

bool
watch_blockers_remain(const PGresult *seen, int64 least,
					  const PGresult *now)
{
	int			i;

	for (i = 0; i < PQntuples(seen); i++)
		if (number(seen, i, AGE) >= least && is_in_conflict(seen, i) &&
			is_among(seen, i, now))
			return true;
	return false;
}

bool
watch_blockers_are_same(const PGresult *a, const PGresult *b)
{
	int			i;

	if (PQntuples(a) != PQntuples(b))
		return false;
	for (i = 0; i < PQntuples(a); i++)
		if (!is_same(a, i, b, i))
			return false;
	return true;
}

bool
watch_blockers_yield(const PGresult *blockers, int64 *deadlock_timeout)
{
	int			i;

	for (i = 0; i < PQntuples(blockers); i++)
		if (strcmp(PQgetvalue(blockers, i, TYPE), HOLDER_AUTOVACUUM) != 0 ||
			PQgetvalue(blockers, i, IS_STUBBORN)[0] == 't')
			return false;
	return PQntuples(blockers) > 0 &&
		duration_parse(PQgetvalue(blockers, 0, DEADLOCK_TIMEOUT),
					   deadlock_timeout);
}

bool
watch_blockers_are_circle(const PGresult *blockers)
{
	int			i;

	for (i = 0; i < PQntuples(blockers); i++)
		if (PQgetvalue(blockers, i, IS_CIRCLE)[0] == 't')
			return true;
	return false;
}

int64
watch_blockers_waited(const PGresult *blockers)
{
	return PQntuples(blockers) > 0 ? number(blockers, 0, WAITED) : 0;
}

/* Is it in the way, and was it seen before, and not in an earlier row? */
static bool
is_to_be_named(const PGresult *blockers, int row, const PGresult *seen)
{
	int			i;

	if (!is_in_conflict(blockers, row))
		return false;
	for (i = 0; i < row; i++)
		if (is_in_conflict(blockers, i) &&
			is_same(blockers, i, blockers, row))
			return false;
	if (seen == NULL)
		return true;
	for (i = 0; i < PQntuples(seen); i++)
		if (is_same(seen, i, blockers, row))
			return true;
	return false;
}

/* Append something about each of the first ones, and how many more it is. */
static void
append_each(PQExpBuffer text, const PGresult *blockers, const PGresult *seen,
			void (*append) (PQExpBuffer, const PGresult *, int))
{
	int			count = 0;
	int			i;

	for (i = 0; i < PQntuples(blockers); i++)
	{
		if (!is_to_be_named(blockers, i, seen) || ++count > MOST_NAMED)
			continue;
		appendPQExpBufferStr(text, count > 1 ? "; " : "");
		append(text, blockers, i);
	}
	if (count > MOST_NAMED)
		appendPQExpBuffer(text, "; and %d more", count - MOST_NAMED);
}

/* Append what is locked. */
static void
append_object(PQExpBuffer text, const PGresult *blockers)
{
	const char *name = PQgetvalue(blockers, 0, NAME);

	appendPQExpBuffer(text, "%s: ", name[0] == '\0' ?
					  "the end of a transaction" : report_printable(name));
}

/* Append one with all that is known. */
static void
append_one(PQExpBuffer text, const PGresult *blockers, int row)
{
	holder_append(text, blockers, row);
	holder_append_doing(text, blockers, row);
}

/* Append a word, with a blank before it, if there is one. */
static void
append_word(PQExpBuffer text, const char *word)
{
	if (word[0] != '\0')
		appendPQExpBuffer(text, " %s", report_printable(word));
}

/* Append what autovacuum does, as far as we may know it. */
static void
append_autovacuum(PQExpBuffer text, const char *does)
{
	append_word(text, strncmp(does, "autovacuum", 10) == 0 ? does :
				"autovacuum");
}

/* Append who one is, in a few words. */
static void
append_who(PQExpBuffer text, const PGresult *blockers, int row)
{
	if (!PQgetisnull(blockers, row, HOLDER_GID))
		appendPQExpBuffer(text, "prepared transaction \"%s\"",
						  report_printable(PQgetvalue(blockers, row,
													  HOLDER_GID)));
	else
		appendPQExpBufferStr(text, PQgetvalue(blockers, row, HOLDER_PID));
	append_word(text, PQgetvalue(blockers, row, HOLDER_ROLE));
	append_word(text, PQgetvalue(blockers, row, HOLDER_APPLICATION));
	if (strcmp(PQgetvalue(blockers, row, TYPE), HOLDER_AUTOVACUUM) == 0)
		append_autovacuum(text, PQgetvalue(blockers, row, HOLDER_DOES));
}

/* Append one in a few words. */
static void
append_short(PQExpBuffer text, const PGresult *blockers, int row)
{
	const char *state = PQgetvalue(blockers, row, HOLDER_STATE);

	append_who(text, blockers, row);
	if (strcmp(state, "active") == 0)
		state = "running";
	if (state[0] != '\0')
		appendPQExpBuffer(text, ", %s", state);
	if (!PQgetisnull(blockers, row, STATE_AGE))
		appendPQExpBuffer(text, " for %s",
						  duration_text(number(blockers, row, STATE_AGE)));
}

/* Append the constant that is the name of a prepared transaction. */
static void
append_constant(PQExpBuffer text, const char *gid)
{
	bool		has_escapes = strcmp(report_printable(gid), gid) != 0;
	PQExpBuffer quoted = createPQExpBuffer();

	for (; *gid != '\0'; gid++)
	{
		if (*gid == '\'' || (has_escapes && *gid == '\\'))
			appendPQExpBufferChar(quoted, *gid);
		appendPQExpBufferChar(quoted, *gid);
	}
	appendPQExpBuffer(text, "%s'%s'", has_escapes ? "E" : "",
					  report_printable(quoted->data));
	destroyPQExpBuffer(quoted);
}

/* Append the statement that ends one. */
static void
append_ending(PQExpBuffer text, const PGresult *blockers, int row)
{
	if (PQgetisnull(blockers, row, HOLDER_GID))
	{
		appendPQExpBuffer(text, "SELECT pg_terminate_backend(%s)",
						  PQgetvalue(blockers, row, HOLDER_PID));
		return;
	}
	appendPQExpBufferStr(text, "ROLLBACK PREPARED ");
	append_constant(text, PQgetvalue(blockers, row, HOLDER_GID));
}

void
watch_blockers_append(PQExpBuffer text, const PGresult *blockers,
					  const PGresult *seen)
{
	append_object(text, blockers);
	append_each(text, blockers, seen, append_one);
}

void
watch_blockers_append_short(PQExpBuffer text, const PGresult *blockers,
							const PGresult *seen)
{
	append_object(text, blockers);
	append_each(text, blockers, seen, append_short);
}

void
watch_blockers_append_ending(PQExpBuffer text, const PGresult *blockers,
							 const PGresult *seen)
{
	append_each(text, blockers, seen, append_ending);
}

/* Print a member of the object of a blocker, or null. */
static void
print_column(const char *key, const PGresult *blockers, int row, int column)
{
	json_print_member(key, PQgetisnull(blockers, row, column) ? NULL :
					  PQgetvalue(blockers, row, column));
}

/* Print one of them. */
static void
print_one(const PGresult *blockers, int row)
{
	PQExpBufferData ending;

	initPQExpBuffer(&ending);
	append_ending(&ending, blockers, row);
	printf("{\"pid\": %s", PQgetisnull(blockers, row, HOLDER_PID) ? "null" :
		   PQgetvalue(blockers, row, HOLDER_PID));
	print_column("prepared", blockers, row, HOLDER_GID);
	print_column("user", blockers, row, HOLDER_ROLE);
	print_column("application", blockers, row, HOLDER_APPLICATION);
	print_column("state", blockers, row, HOLDER_STATE);
	print_column("object", blockers, row, NAME);
	print_column("mode", blockers, row, MODE);
	print_column("wanted", blockers, row, WANTED);
	json_print_member("ending", ending.data);
	putchar('}');
	termPQExpBuffer(&ending);
}

void
watch_blockers_print(const PGresult *blockers, const PGresult *seen)
{
	const char *separator = "";
	int			i;

	putchar('[');
	for (i = 0; blockers != NULL && i < PQntuples(blockers); i++)
	{
		if (!is_to_be_named(blockers, i, seen))
			continue;
		fputs(separator, stdout);
		print_one(blockers, i);
		separator = ", ";
	}
	putchar(']');
}
