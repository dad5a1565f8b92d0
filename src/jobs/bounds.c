/*-------------------------------------------------------------------------
 *
 * jobs/bounds.c
 *		Tells the planner between which keys the rows of a batch are.
 *
 * A statement as UPDATE t ... FROM batch WHERE t.id = batch.id looks up each
 * row by its key, from the root of the index, for nothing says that the rows
 * lie together.  That they do follows from the condition and from what the
 * batch is: so it is added to the condition, and the planner may read the part
 * of the index from end to end.
 *
 * Only a statement that is an UPDATE or DELETE of the table is looked at, and
 * only conditions that its WHERE joins by AND.  Any other is planned as it is.
 *
 * That is also where it is seen whether the statement locks by itself what it
 * counts, so that the batch need not do it before: see batch.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "jobs/bounds.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parsetree.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* We are one in a chain of those who want to look at queries. */
static post_parse_analyze_hook_type next_post_parse_analyze = NULL;

/* Those of the batch that this session is in, or NULL */
static JobBounds *current = NULL;

/* The column that the expression is, whatever it is relabeled to; or NULL. */
static const Var *
column_of(const Node *expression)
{
	while (expression != NULL && IsA(expression, RelabelType))
		expression = (const Node *) ((const RelabelType *) expression)->arg;
	if (expression == NULL || !IsA(expression, Var) ||
		((const Var *) expression)->varlevelsup > 0)
		return NULL;
	return (const Var *) expression;
}

/* Is it this column of the key, in the table of the job? */
static bool
is_of_table(const Query *query, const Node *expression, int i)
{
	const Var  *column = column_of(expression);
	const RangeTblEntry *entry;

	if (column == NULL)
		return false;
	entry = rt_fetch(column->varno, query->rtable);
	return entry->rtekind == RTE_RELATION &&
		entry->relid == RelationGetRelid(current->table) &&
		column->varno == query->resultRelation &&
		column->varattno == current->key->columns[i].number &&
		exprType(expression) == current->key->columns[i].opcintype;
}

/* Is it that column in the batch? */
static bool
is_of_batch(const Query *query, const Node *expression, int i)
{
	const Var  *column = column_of(expression);
	const RangeTblEntry *entry;

	if (column == NULL)
		return false;
	entry = rt_fetch(column->varno, query->rtable);
	return entry->rtekind == RTE_NAMEDTUPLESTORE &&
		strcmp(entry->enrname, current->batch->md.name) == 0 &&
		column->varattno == i + 1 &&
		exprType(expression) == current->key->columns[i].opcintype;
}

/* The side of the table, if the condition equates this column of the key. */
static Node *
equated_side(const Query *query, const Node *condition, int i)
{
	const JobKeyColumn *column = &current->key->columns[i];
	const OpExpr *equality = (const OpExpr *) condition;
	Node	   *left;
	Node	   *right;

	if (!IsA(condition, OpExpr) || list_length(equality->args) != 2 ||
		equality->inputcollid != column->collation ||
		get_op_opfamily_strategy(equality->opno, column->opfamily) !=
		BTEqualStrategyNumber)
		return NULL;
	left = linitial(equality->args);
	right = lsecond(equality->args);
	if (is_of_table(query, left, i) && is_of_batch(query, right, i))
		return left;
	if (is_of_table(query, right, i) && is_of_batch(query, left, i))
		return right;
	return NULL;
}

/* The same for conditions that are joined by AND. */
static Node *
find_equated(const Query *query, const Node *condition, int i)
{
	const BoolExpr *conjunction = (const BoolExpr *) condition;
	ListCell   *lc;

	if (condition == NULL)
		return NULL;
	if (!IsA(condition, BoolExpr) || conjunction->boolop != AND_EXPR)
		return equated_side(query, condition, i);
	foreach(lc, conjunction->args)
	{
		Node	   *found = find_equated(query, lfirst(lc), i);

		if (found != NULL)
			return found;
	}
	return NULL;
}

/* Does the query set a column of the key? */
static bool
sets_key(const Query *query)
{
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		const TargetEntry *target = lfirst(lc);

		for (int i = 0; i < current->key->count; i++)
			if (target->resno == current->key->columns[i].number)
				return true;
	}
	return false;
}

/* May the function have an effect, or read what is in a table? */
static bool
is_function_of_more(Oid function, void *context pg_attribute_unused())
{
	char		volatility = func_volatile(function);

	return volatility == PROVOLATILE_VOLATILE ||
		(volatility != PROVOLATILE_IMMUTABLE &&
		 function >= FirstNormalObjectId);
}

/* The same for an expression; who knows what a default is. */
static bool
is_of_more(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SetToDefault) ||
		check_functions_in_node(node, is_function_of_more, context))
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, is_of_more, context, 0);
	return expression_tree_walker(node, is_of_more, context);
}

/* Is it about the rows of the table and of the batch alone? */
static bool
is_about_batch_only(Query *query)
{
	/* The two, as each column of the key is equated. */
	if (list_length(query->rtable) != 2 || query->hasSubLinks ||
		query->hasModifyingCTE || is_of_more((Node *) query, NULL))
		return false;
	return current->table->rd_rules == NULL &&
		(current->table->rd_rel->relkind != RELKIND_RELATION ||
		 !has_subclass(RelationGetRelid(current->table)));
}

/*
 * Does it lock the rows that it counts, and these are of the batch?
 *
 * If one was changed since the statement began, PostgreSQL computes it again,
 * from what the row is now, and from what everything else was then.  So that
 * may be nothing that the change was about, and no function twice that does
 * anything.  Who changes a key to one that is equal, and looks different, has
 * made a note that would not be found.
 */
static bool
locks(Query *query)
{
	for (int i = 0; i < current->key->count; i++)
		if (!current->key->columns[i].is_equal_image ||
			find_equated(query, query->jointree->quals, i) == NULL)
			return false;
	return !sets_key(query) && is_about_batch_only(query);
}

/* The comparison of the column with one of the bounds. */
static Node *
make_bound(Node *side, int strategy, Datum value)
{
	const JobKeyColumn *column = &current->key->columns[0];
	int16		length;
	bool		by_value;
	Oid			operator;
	Const	   *bound;

	get_typlenbyval(column->opcintype, &length, &by_value);
	operator = get_opfamily_member(column->opfamily, column->opcintype,
								   column->opcintype, strategy);
	bound = makeConst(column->opcintype, -1, column->collation, length,
					  datumCopy(value, by_value, length), false, by_value);
	return (Node *) make_opclause(operator, BOOLOID, false,
								  copyObject((Expr *) side), (Expr *) bound,
								  InvalidOid, column->collation);
}

/* Adds the bounds to the query, if they follow from it. */
static void
add_bounds(Query *query)
{
	Node	   *condition = query->jointree->quals;
	Node	   *side = find_equated(query, condition, 0);

	if (side == NULL || !current->is_known)
		return;
	query->jointree->quals = (Node *)
		makeBoolExpr(AND_EXPR,
					 list_make3(condition,
								make_bound(side, BTGreaterEqualStrategyNumber,
										   current->least),
								make_bound(side, BTLessEqualStrategyNumber,
										   current->greatest)),
					 -1);
}

/* Looks at a query, and hands on. */
static void
post_parse_analyze(ParseState *state, Query *query, CompatJumbleState *jumble)
{
	if (next_post_parse_analyze != NULL)
		next_post_parse_analyze(state, query, jumble);
	if (current != NULL && state->p_queryEnv != NULL &&
		get_ENR(state->p_queryEnv, current->batch->md.name) ==
		current->batch &&
		(query->commandType == CMD_UPDATE ||
		 query->commandType == CMD_DELETE))
	{
		current->locks = locks(query);
		add_bounds(query);
	}
}

void
jobs_bounds_init(void)
{
	next_post_parse_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = post_parse_analyze;
}

void
jobs_bounds_set(JobBounds *bounds)
{
	current = bounds;
}
