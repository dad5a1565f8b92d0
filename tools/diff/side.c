/*-------------------------------------------------------------------------
 *
 * diff/side.c
 *		One of the two databases that are compared
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "diff/side.h"

/*
 * There may be none, or one that the role may not read: neither is a reason
 * not to compare the rest.  A view in its place would be someone else's code.
 */
#define RELATION(name, condition) \
	"EXISTS (SELECT FROM pg_catalog.pg_class c" \
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" \
	" WHERE n.nspname = '_v' AND c.relname = '" name "'" \
	" AND c.relkind IN ('r', 'p') " condition ")"
#define IS_READABLE \
	"AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')" \
	" AND pg_catalog.has_table_privilege(c.oid, 'SELECT')"

static const char query[] =
"SELECT " RELATION("patches", "") ", " RELATION("patches", IS_READABLE)
" AND (NOT " RELATION("history", "") " OR "
RELATION("history", IS_READABLE) "), " RELATION("changes", IS_READABLE)
" AND " RELATION("history", IS_READABLE) ", 2 ="
" (SELECT pg_catalog.count(DISTINCT t.evtevent)"
"  FROM pg_catalog.pg_event_trigger t"
"  JOIN pg_catalog.pg_proc p ON p.oid = t.evtfoid"
"  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
"  WHERE n.nspname = '_v' AND p.proname = 'record_changes'"
"  AND t.evtevent IN ('ddl_command_end', 'sql_drop')"
"  AND t.evtenabled IN ('O', 'A'))";

/* The columns of its result */
enum
{
	HAS_REGISTER, IS_REGISTER_READABLE, HAS_CHANGES, IS_RECORDED
};

bool
diff_side_read(DiffSide *side)
{
	PGresult   *result = connection_query(side->conn, query);

	if (result == NULL)
		return false;
	side->has_register = PQgetvalue(result, 0, HAS_REGISTER)[0] == 't';
	side->is_readable = PQgetvalue(result, 0, IS_REGISTER_READABLE)[0] == 't';
	side->has_changes = PQgetvalue(result, 0, HAS_CHANGES)[0] == 't';
	side->is_recorded = PQgetvalue(result, 0, IS_RECORDED)[0] == 't';
	PQclear(result);
	if (!side->is_readable)
		return true;
	side->reg = register_read(side->conn);
	return side->reg != NULL;
}

void
diff_side_free(DiffSide *side)
{
	if (side->reg != NULL)
		register_free(side->reg);
	side->reg = NULL;
}
