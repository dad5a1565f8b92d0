/*-------------------------------------------------------------------------
 *
 * base/journal_check.c
 *		Is a journal as it was installed, so that no one's code is run by
 *		writing to it?
 *
 * Whoever registers a patch or creates a table writes to a journal, superusers
 * included.  What could run somebody else's code on the way is a column with a
 * default or a domain for its type, a check constraint, and an index on an
 * expression, on some of the rows, or by somebody's operators.  (Triggers,
 * rules and policies are passed over: see base/journal.c.)  A journal that has
 * any of these is not written to, and what it has is named.
 *
 * Nothing may be evaluated to find that out.  The relation cache would fold
 * the constants of an index's expressions, and call functions for that, so
 * they are read from the catalog as they are.  ALTER TABLE and CREATE INDEX
 * wait for our lock: what was checked is what is written to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/transam.h"
#include "base/journal_check.h"
#include "catalog/index.h"
#include "catalog/pg_index.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Is this a function that initdb has not made? */
static bool
is_users_function(Oid function, void *context pg_attribute_unused())
{
	return function >= FirstNormalObjectId;
}

/* Does the expression call a function that is not PostgreSQL's own? */
static bool
calls_users_function(Node *node, void *context)
{
	if (node == NULL)
		return false;
	return IsA(node, CoerceToDomain) ||
		check_functions_in_node(node, is_users_function, context) ||
		expression_tree_walker(node, calls_users_function, context);
}

/* The same for a column of the index's row in pg_index, which may be NULL. */
static bool
has_users_function(Relation index, AttrNumber column)
{
	bool		isnull;
	Datum		expression = SysCacheGetAttr(INDEXRELID, index->rd_indextuple,
											 column, &isnull);

	return !isnull &&
		calls_users_function(stringToNode(TextDatumGetCString(expression)),
							 NULL);
}

/* Does the index compare by operators that are not PostgreSQL's own? */
static bool
has_users_operators(Relation index)
{
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		if (index->rd_opfamily[i] >= FirstNormalObjectId)
			return true;
	return index->rd_index->indisexclusion;
}

/* Would writing to the index run what is not PostgreSQL's own? */
static bool
runs_users_code(Oid oid)
{
	Relation	index = index_open(oid, AccessShareLock);
	bool		result = has_users_operators(index) ||
		has_users_function(index, Anum_pg_index_indexprs) ||
		has_users_function(index, Anum_pg_index_indpred);

	index_close(index, AccessShareLock);
	return result;
}

const char *
journal_check_repair(const char *index)
{
	static const char *const installed[][2] = {
		{"changes_identity_idx",
		"ON _v.changes (hashtextextended(identity, 0), id)"},
		{"changes_first_id_idx", "ON _v.changes (first_id, id)"}
	};

	for (size_t i = 0; i < lengthof(installed); i++)
		if (strcmp(installed[i][0], index) == 0)
			return psprintf("DROP INDEX IF EXISTS _v.%s; CREATE INDEX %s %s;",
							index, index, installed[i][1]);
	return psprintf("DROP INDEX _v.%s;", quote_identifier(index));
}

/* Raises 55000: somebody has added this to the table. */
static void
report_addition(Relation table, const char *addition, const char *repair)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table _v.%s is not as CREATE EXTENSION made it",
					RelationGetRelationName(table)),
			 errdetail("Somebody has added %s.  Nothing is written to the "
					   "table, because that could run their code.", addition),
			 errhint("%s", repair)));
}

/* Is this one of the columns that the table was installed with? */
static bool
is_defined(const ColumnDefinition *definitions, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(definitions[i].name, name) == 0)
			return true;
	return false;
}

/* Raises 55000 if a column has a default, or is not one of ours. */
static void
check_columns(Relation table, const ColumnDefinition *definitions, int count)
{
	const char *table_name = RelationGetRelationName(table);
	TupleDesc	descriptor = RelationGetDescr(table);

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(descriptor, i);
		const char *name = quote_identifier(NameStr(column->attname));

		if (column->attisdropped)
			continue;
		if (!is_defined(definitions, count, NameStr(column->attname)))
			report_addition(table, psprintf("the column %s", name),
							psprintf("ALTER TABLE _v.%s DROP COLUMN %s;",
									 table_name, name));
		if (column->atthasdef)
			report_addition(table, psprintf("a default to column %s", name),
							psprintf("ALTER TABLE _v.%s ALTER COLUMN %s "
									 "DROP DEFAULT;", table_name, name));
	}
}

/* Raises 55000 if the table has a check constraint. */
static void
check_constraints(Relation table)
{
	TupleConstr *constraints = RelationGetDescr(table)->constr;
	const char *name;

	if (constraints == NULL || constraints->num_check == 0)
		return;
	name = quote_identifier(constraints->check[0].ccname);
	report_addition(table, psprintf("the constraint %s", name),
					psprintf("ALTER TABLE _v.%s DROP CONSTRAINT %s;",
							 RelationGetRelationName(table), name));
}

/* Raises 55000 if the table has an index that would run somebody's code. */
static void
check_indexes(Relation table)
{
	List	   *indexes = RelationGetIndexList(table);
	ListCell   *lc;

	foreach(lc, indexes)
	{
		const char *name;

		if (!runs_users_code(lfirst_oid(lc)))
			continue;
		name = get_rel_name(lfirst_oid(lc));
		report_addition(table,
						psprintf("the index %s", quote_identifier(name)),
						journal_check_repair(name));
	}
	list_free(indexes);
}

void
journal_check(Relation table, const ColumnDefinition *definitions, int count)
{
	if (table->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("_v.%s is not an ordinary table",
						RelationGetRelationName(table))));
	check_columns(table, definitions, count);
	check_constraints(table);
	check_indexes(table);
}
