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
 * Functions, types and operators of users that reading a table c may call: by
 * casts of its columns, and by what is evaluated when queries are planned, of
 * its indexes, constraints and statistics.
 */
#define CALLS_OTHERS \
	"EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN" \
	" (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid" \
	"  UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass," \
	"   x.indexrelid FROM pg_catalog.pg_index x WHERE x.indrelid = c.oid" \
	"  UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass," \
	"   k.oid FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid" \
	"  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass," \
	"   s.oid FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = c.oid)" \
	" AS p (class, id) ON p.class = d.classid AND p.id = d.objid" \
	" WHERE d.refobjid >= 16384 AND d.refclassid IN" \
	"  ('pg_catalog.pg_proc'::pg_catalog.regclass," \
	"   'pg_catalog.pg_type'::pg_catalog.regclass," \
	"   'pg_catalog.pg_operator'::pg_catalog.regclass," \
	"   'pg_catalog.pg_opclass'::pg_catalog.regclass))"

/*
 * Is nothing in the schema that the register is read by, and that is or has
 * code, of someone who is no superuser?
 */
#define IS_OF_SUPERUSERS(owner) \
	"(SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = " owner ")"
#define IS_OURS \
	"NOT EXISTS (SELECT FROM pg_catalog.pg_class c" \
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" \
	" WHERE n.nspname = '_v' AND c.relkind NOT IN ('i', 'I', 'S', 't', 'c')" \
	" AND NOT " IS_OF_SUPERUSERS("c.relowner") \
	" AND (c.relkind NOT IN ('r', 'p') OR " CALLS_OTHERS "))" \
	" AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc f" \
	" JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace" \
	" WHERE n.nspname = '_v' AND f.proname = 'unfinished_patches'" \
	" AND NOT " IS_OF_SUPERUSERS("f.proowner") ")"

/*
 * There may be none, or one that the role may not read, or that would have it
 * call the code of others: none is a reason not to compare the rest.
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
RELATION("history", IS_READABLE) ") AND " IS_OURS ", "
RELATION("changes", IS_READABLE) " AND " RELATION("history", IS_READABLE)
" AND " IS_OURS ", 2 ="
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
