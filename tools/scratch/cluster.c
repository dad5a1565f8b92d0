/*-------------------------------------------------------------------------
 *
 * scratch/cluster.c
 *		What a scratch database shares with all others
 *
 * Roles, tablespaces and the settings of databases belong to the cluster: a
 * script that creates a role in a scratch database has created it, and one
 * that drops it has dropped it.  Nothing can keep a superuser from that, and
 * nothing tells whose work it was; but nobody should have to find out when
 * the patches are applied.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "common/logging.h"
#include "database/connection.h"
#include "scratch/cluster.h"

/* As many are named, of what has changed */
#define MAX_NAMED 10

/*
 * What there is, with all that is known of it.  A superuser sees whether a
 * password is another one; nobody else may look at that.
 */
static const char note_query[] =
"SELECT o.what COLLATE \"C\", pg_catalog.hashtextextended(o.definition, 0)"
" FROM ("
" SELECT 'role ' || pg_catalog.quote_ident(r.rolname),"
"  pg_catalog.concat_ws(E'\\n', pg_catalog.to_jsonb(r),"
"   (SELECT pg_catalog.string_agg(pg_catalog.to_jsonb(m)::pg_catalog.text,"
"     E'\\n' ORDER BY m.roleid, m.grantor)"
"    FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid),"
"   (SELECT s.setconfig FROM pg_catalog.pg_db_role_setting s"
"    WHERE s.setrole = r.oid AND s.setdatabase = 0))"
"  FROM pg_catalog.%s r"
" UNION ALL"
" SELECT 'tablespace ' || pg_catalog.quote_ident(t.spcname),"
"  pg_catalog.to_jsonb(t)::pg_catalog.text FROM pg_catalog.pg_tablespace t"
" UNION ALL"
" SELECT 'database ' || pg_catalog.quote_ident(d.datname),"
"  pg_catalog.concat_ws(E'\\n', d.datdba, d.datacl, d.datconnlimit,"
"   (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', s.setrole,"
"     s.setconfig), E'\\n' ORDER BY s.setrole)"
"    FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid))"
"  FROM pg_catalog.pg_database d"
"  WHERE d.datname = pg_catalog.current_database()"
") AS o (what, definition) ORDER BY 1";

/* Warn that something is not as it was, if not too much is already. */
static void
warn(const PGresult *note, int row, const char *done, int *count)
{
	if ((*count)++ < MAX_NAMED)
		pg_log_warning("meanwhile, somebody has %s the %s", done,
					   report_printable(PQgetvalue(note, row, 0)));
}

/* Say what that means, after that many. */
static void
explain(int count)
{
	if (count > MAX_NAMED)
		pg_log_warning("and more, which makes %d", count);
	if (count > 0)
		fe_compat_log_hint("This belongs to the whole cluster. If a patch has "
						   "done it, then not only in the scratch database, "
						   "and it stays.");
}

PGresult *
scratch_cluster_note(PGconn *target)
{
	const char *superuser = PQparameterStatus(target, "is_superuser");
	bool		is_superuser = superuser != NULL &&
		strcmp(superuser, "on") == 0;
	char	   *query = psprintf(note_query, is_superuser ? "pg_authid" :
								 "pg_roles");
	PGresult   *result = connection_query(target, query);

	pg_free(query);
	return result;
}

void
scratch_cluster_compare(PGconn *target, const PGresult *before)
{
	PGresult   *after = scratch_cluster_note(target);
	int			old = 0;
	int			new = 0;
	int			count = 0;

	while (after != NULL && (old < PQntuples(before) ||
							 new < PQntuples(after)))
	{
		int			order = old == PQntuples(before) ? 1 :
			new == PQntuples(after) ? -1 :
			strcmp(PQgetvalue(before, old, 0), PQgetvalue(after, new, 0));

		if (order < 0)
			warn(before, old, "dropped", &count);
		else if (order > 0)
			warn(after, new, "created", &count);
		else if (strcmp(PQgetvalue(before, old, 1),
						PQgetvalue(after, new, 1)) != 0)
			warn(after, new, "changed", &count);
		old += order <= 0;
		new += order >= 0;
	}
	explain(count);
	PQclear(after);
}
