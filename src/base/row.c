/*-------------------------------------------------------------------------
 *
 * base/row.c
 *		One row into a table or out of it, without a query.
 *
 * The executor's own routines do it, as they do for logical replication.
 * That is boring where a query would not be:
 *
 * - There is no plan: none to make, which is most of the cost of a single row,
 *   and none to keep that was made when the table was small or another one.
 * - The condition of a DELETE would ask the caller for SELECT, too.
 *
 * Defaults, generated columns, constraints, indexes, foreign keys, row and
 * statement triggers are as in a query.  What only a query can respect is
 * refused, not passed over: rules and transition tables.  (A trigger that
 * changes the very row that goes is also an error here, but not the one that
 * DELETE has for it.)
 *
 * The caller has locked the table, checked the privileges, and made sure that
 * no policies apply.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/row.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

struct RowWriter
{
	Relation	table;
	EState	   *estate;
	ResultRelInfo *target;
	TupleTableSlot *row;		/* the one that is being inserted */
};

/*
 * Raises 0A000 if the table has something that only a query can respect.
 */
static void
check_plain(Relation table, CmdType command)
{
	TriggerDesc *triggers = table->trigdesc;
	const char *obstacle = NULL;

	if (table->rd_rules != NULL)
		obstacle = "a rule";
	else if (triggers != NULL &&
			 (command == CMD_INSERT ? triggers->trig_insert_new_table :
			  triggers->trig_delete_old_table))
		obstacle = "a trigger with a transition table";

	if (obstacle != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("table \"%s\" has %s, which is not supported here",
						RelationGetRelationName(table), obstacle),
				 errhint("Row triggers are supported, and statement triggers "
						 "without transition tables.")));
}

/*
 * An executor state with the table as its target.  Statement triggers that
 * come before have been fired; without triggers none is, now or later.
 */
static EState *
begin_write(Relation table, CmdType command, bool with_triggers,
			ResultRelInfo **target)
{
	EState	   *estate = CreateExecutorState();

	compat_init_range_table(estate, table);
	*target = makeNode(ResultRelInfo);
	InitResultRelInfo(*target, table, 1, NULL, 0);
	if (!with_triggers)
		(*target)->ri_TrigDesc = NULL;
	if (command == CMD_INSERT)
		ExecOpenIndices(*target, false);
	estate->es_output_cid = GetCurrentCommandId(true);

	AfterTriggerBeginQuery();
	if (command == CMD_INSERT)
		ExecBSInsertTriggers(estate, *target);
	else
		ExecBSDeleteTriggers(estate, *target);
	return estate;
}

/*
 * Fires the triggers that come after, makes the change visible to what comes
 * next, and frees the executor state.
 */
static void
end_write(EState *estate, CmdType command, ResultRelInfo *target)
{
	if (command == CMD_INSERT)
		ExecASInsertTriggers(estate, target, NULL);
	else
		ExecASDeleteTriggers(estate, target, NULL);
	AfterTriggerEndQuery(estate);
	CommandCounterIncrement();

	ExecCloseIndices(target);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	FreeExecutorState(estate);
}

/* The value of a column for which the caller has none: its default. */
static Datum
column_default(EState *estate, Relation table, AttrNumber number,
			   bool *isnull)
{
	Form_pg_attribute column =
		TupleDescAttr(RelationGetDescr(table), number - 1);
	Expr	   *expression = NULL;
	ExprState  *state;

	if (!column->attisdropped && column->attgenerated == '\0')
		expression = (Expr *) build_column_default(table, number);
	if (expression == NULL)
	{
		if (!column->attisdropped &&
			get_typtype(column->atttypid) == TYPTYPE_DOMAIN)
			domain_check((Datum) 0, true, column->atttypid, NULL, NULL);
		*isnull = true;
		return (Datum) 0;
	}
	state = ExecInitExpr(expression_planner(expression), NULL);
	return ExecEvalExprSwitchContext(state, GetPerTupleExprContext(estate),
									 isnull);
}

/*
 * Inserts a row with these values in these columns; nulls says which of them
 * are NULL, and is NULL where none is.  Other columns get their defaults.
 */
static void
insert(RowWriter *writer, const AttrNumber *columns, const Datum *values,
	   const bool *nulls, int count)
{
	TupleTableSlot *row = ExecClearTuple(writer->row);
	int			natts = row->tts_tupleDescriptor->natts;
	bool	   *given = palloc0(natts * sizeof(bool));

	for (int i = 0; i < count; i++)
	{
		int			place = columns[i] - 1;

		given[place] = true;
		row->tts_values[place] = values[i];
		row->tts_isnull[place] = nulls != NULL && nulls[i];
	}
	for (int i = 0; i < natts; i++)
		if (!given[i])
			row->tts_values[i] = column_default(writer->estate, writer->table,
												i + 1, &row->tts_isnull[i]);
	ExecStoreVirtualTuple(row);
	pfree(given);

	ExecSimpleRelationInsert(writer->target, writer->estate, row);
	ResetPerTupleExprContext(writer->estate);
}

/* Gets ready to write to the table, with its triggers or without. */
static RowWriter *
open_writer(Relation table, bool with_triggers)
{
	RowWriter  *writer = palloc(sizeof(RowWriter));

	writer->table = table;
	writer->estate = begin_write(table, CMD_INSERT, with_triggers,
								 &writer->target);
	writer->row = table_slot_create(table, &writer->estate->es_tupleTable);
	return writer;
}

RowWriter *
row_writer_open(Relation table)
{
	return open_writer(table, false);
}

void
row_writer_append(RowWriter *writer, const AttrNumber *columns,
				  const Datum *values, const bool *nulls, int count)
{
	insert(writer, columns, values, nulls, count);
}

void
row_writer_close(RowWriter *writer)
{
	end_write(writer->estate, CMD_INSERT, writer->target);
	pfree(writer);
}

void
row_insert(Relation table, const AttrNumber *columns, const Datum *values,
		   int count)
{
	RowWriter  *writer;

	check_plain(table, CMD_INSERT);
	writer = open_writer(table, true);
	insert(writer, columns, values, NULL, count);
	row_writer_close(writer);
}

void
row_delete(Relation table, TupleTableSlot *row)
{
	ResultRelInfo *target;
	EState	   *estate;

	check_plain(table, CMD_DELETE);
	estate = begin_write(table, CMD_DELETE, true, &target);
	compat_delete(estate, target, row);
	end_write(estate, CMD_DELETE, target);
}
