/*-------------------------------------------------------------------------
 *
 * jobs/key.c
 *		The key that tells the rows of a table apart, and says their order.
 *
 * Where a job is, is said by keys, so that what is done and what is not is
 * separated by a comparison.  They are kept as text, that a dump carries them
 * to another cluster.  The order is that of a btree index, so that the rows
 * after a key are found at once; its operators are named with their schema,
 * for they run as the role of the job, and nobody else is to choose them.
 *
 * A key is looked up anew for each batch: an index may be dropped meanwhile,
 * and another key would have another order.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "jobs/key.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Is this column of the index in the default order of a column NOT NULL? */
static bool
is_plain_column(Relation table, Relation index, int i)
{
	AttrNumber	number = index->rd_index->indkey.values[i];
	Form_pg_attribute column;
	Oid			opclass;

	if (number <= 0)
		return false;
	column = TupleDescAttr(RelationGetDescr(table), number - 1);
	opclass = GetDefaultOpClass(column->atttypid, BTREE_AM_OID);
	return compat_is_not_null(RelationGetDescr(table), number) &&
		OidIsValid(opclass) &&
		get_opclass_family(opclass) == index->rd_opfamily[i] &&
		index->rd_indcollation[i] == column->attcollation &&
		index->rd_indoption[i] == 0;
}

/* Is it an index that tells the rows of the table apart, all of them? */
static bool
is_key(Relation table, Relation index)
{
	Form_pg_index form = index->rd_index;

	if (!form->indisunique || !form->indisvalid || !form->indimmediate ||
		index->rd_rel->relam != BTREE_AM_OID ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return false;
	for (int i = 0; i < form->indnkeyatts; i++)
		if (!is_plain_column(table, index, i))
			return false;
	return true;
}

/* The columns of the index, with what their order depends on. */
static char *
describe(Relation table, Relation index)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < index->rd_index->indnkeyatts; i++)
	{
		Form_pg_attribute column =
			TupleDescAttr(RelationGetDescr(table),
						  index->rd_index->indkey.values[i] - 1);
		const char *collation = get_collation_name(column->attcollation);

		appendStringInfo(&text, "%s%s %s", i > 0 ? ", " : "",
						 quote_identifier(NameStr(column->attname)),
						 format_type_be_qualified(column->atttypid));
		if (collation != NULL)
			appendStringInfo(&text, " COLLATE %s",
							 quote_identifier(collation));
	}
	return text.data;
}

/*
 * The index that is the key of this description, if that is not NULL, or NULL;
 * a primary key is preferred.
 */
static Relation
open_index(Relation table, const char *description)
{
	List	   *indexes = RelationGetIndexList(table);
	Relation	found = NULL;
	ListCell   *lc;

	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

		if (is_key(table, index) &&
			(found == NULL || index->rd_index->indisprimary) &&
			(description == NULL ||
			 strcmp(describe(table, index), description) == 0))
		{
			if (found != NULL)
				index_close(found, NoLock);
			found = index;
		}
		else
			index_close(index, NoLock);
	}
	list_free(indexes);
	return found;
}

/* Raises 55000. */
static void
report_no_key(Relation table, const char *description)
{
	if (description != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" no longer has the key that a job "
						"goes by", RelationGetRelationName(table)),
				 errdetail("It was a unique index on %s.", description),
				 errhint("Make it again, or cancel the job and register it "
						 "anew.")));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" has no key that a job could go by",
					RelationGetRelationName(table)),
			 errdetail("It needs a primary key, or a unique index on columns "
					   "that are all NOT NULL: a btree index that is valid, "
					   "not partial, not deferrable, and has the default "
					   "order of its columns."),
			 errhint("Add one, for example: ALTER TABLE %s ADD id bigint "
					 "GENERATED ALWAYS AS IDENTITY PRIMARY KEY;",
					 quote_qualified_identifier(
						get_namespace_name(RelationGetNamespace(table)),
						RelationGetRelationName(table)))));
}

/*
 * Are values of this column the same to its type only if their bytes are?  For
 * an interval, clusters say so that are older than the insight that it is
 * wrong: 24 hours are a day.
 */
static bool
is_equal_image(const JobKeyColumn *column)
{
	Oid			function = get_opfamily_proc(column->opfamily,
											 column->opcintype,
											 column->opcintype,
											 BTEQUALIMAGE_PROC);

	return column->opcintype < FirstNormalObjectId &&
		column->opcintype != INTERVALOID && OidIsValid(function) &&
		DatumGetBool(OidFunctionCall1Coll(function, column->collation,
								ObjectIdGetDatum(column->opcintype)));
}

/* Fills in a column of the key from the index. */
static void
set_column(JobKeyColumn *column, Relation table, Relation index, int i)
{
	AttrNumber	number = index->rd_index->indkey.values[i];
	Form_pg_attribute attribute =
		TupleDescAttr(RelationGetDescr(table), number - 1);
	Oid			function;
	bool		is_varlena;

	column->number = number;
	column->name = quote_identifier(pstrdup(NameStr(attribute->attname)));
	column->type = attribute->atttypid;
	column->typmod = attribute->atttypmod;
	column->collation = attribute->attcollation;
	column->opfamily = index->rd_opfamily[i];
	column->opcintype = index->rd_opcintype[i];
	column->is_equal_image = is_equal_image(column);
	getTypeInputInfo(column->type, &function, &column->input_parameter);
	fmgr_info(function, &column->input);
	getTypeOutputInfo(column->type, &function, &is_varlena);
	fmgr_info(function, &column->output);
	fmgr_info_copy(&column->compare, index_getprocinfo(index, i + 1, 1),
				   CurrentMemoryContext);
}

/* How FROM names the table: without what inherits from it. */
static char *
name_in_from(Relation table)
{
	const char *name = quote_qualified_identifier(
		get_namespace_name(RelationGetNamespace(table)),
		RelationGetRelationName(table));

	return psprintf("%s%s", table->rd_rel->relkind == RELKIND_RELATION ?
					"ONLY " : "", name);
}

JobKey *
jobs_key_find(Relation table, const char *description)
{
	Relation	index = open_index(table, description);
	JobKey	   *key = palloc(sizeof(JobKey));

	if (index == NULL)
		report_no_key(table, description);
	key->description = describe(table, index);
	key->table = name_in_from(table);
	key->count = index->rd_index->indnkeyatts;
	key->columns = palloc0(key->count * sizeof(JobKeyColumn));
	key->row = CreateTemplateTupleDesc(key->count);
	for (int i = 0; i < key->count; i++)
	{
		set_column(&key->columns[i], table, index, i);
		TupleDescCopyEntry(key->row, i + 1, RelationGetDescr(table),
						   key->columns[i].number);
	}
	compat_finish_descriptor(key->row);
	index_close(index, NoLock);
	return key;
}

char *
jobs_key_columns(const JobKey *key, const char *prefix)
{
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < key->count; i++)
		appendStringInfo(&columns, "%s%s%s", i > 0 ? ", " : "", prefix,
						 key->columns[i].name);
	return columns.data;
}

/* The operator of a strategy, with its schema.  Raises XX000 without one. */
static char *
operator_name(const JobKeyColumn *column, int strategy)
{
	Oid			oid = get_opfamily_member(column->opfamily, column->opcintype,
										  column->opcintype, strategy);
	HeapTuple	row = SearchSysCache1(OPEROID, ObjectIdGetDatum(oid));
	Form_pg_operator operator;
	char	   *name;

	if (!HeapTupleIsValid(row))
		elog(ERROR, "operator family %u has no strategy %d",
			 column->opfamily, strategy);
	operator = (Form_pg_operator) GETSTRUCT(row);
	name = get_namespace_name(operator->oprnamespace);
	name = psprintf("OPERATOR(%s.%s)", quote_identifier(name),
					NameStr(operator->oprname));
	ReleaseSysCache(row);
	return name;
}

/*
 * A value as the operators want it: a varchar is compared as text.  What is
 * polymorphic is left alone.
 */
static char *
operand(const JobKeyColumn *column, const char *value)
{
	if (column->type == column->opcintype ||
		get_typtype(column->opcintype) == TYPTYPE_PSEUDO)
		return psprintf("%s", value);
	return psprintf("%s::%s", value,
					format_type_extended(column->opcintype, -1,
										 FORMAT_TYPE_TYPEMOD_GIVEN |
										 FORMAT_TYPE_FORCE_QUALIFY));
}

/* A column and its parameter as operands. */
static char *
column_operand(const JobKey *key, int i)
{
	return operand(&key->columns[i], psprintf("t.%s", key->columns[i].name));
}

static char *
parameter_operand(const JobKey *key, int i, int first)
{
	return operand(&key->columns[i], psprintf("$%d", first + i));
}

/* The two compared by a strategy, in one column. */
static char *
compare_column(const JobKey *key, int i, int strategy, int first)
{
	return psprintf("%s %s %s", column_operand(key, i),
					operator_name(&key->columns[i], strategy),
					parameter_operand(key, i, first));
}

/* Do all columns compare by operators of this name? */
static bool
have_same_operator(const JobKey *key, int strategy)
{
	for (int i = 1; i < key->count; i++)
		if (strcmp(operator_name(&key->columns[i], strategy),
				   operator_name(&key->columns[0], strategy)) != 0)
			return false;
	return true;
}

/* A comparison of whole rows, for which an index is used best. */
static char *
compare_rows(const JobKey *key, int strategy, int first)
{
	StringInfoData columns;
	StringInfoData parameters;

	initStringInfo(&columns);
	initStringInfo(&parameters);
	for (int i = 0; i < key->count; i++)
	{
		appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "",
						 column_operand(key, i));
		appendStringInfo(&parameters, "%s%s", i > 0 ? ", " : "",
						 parameter_operand(key, i, first));
	}
	return psprintf("(%s) %s (%s)", columns.data,
					operator_name(&key->columns[0], strategy),
					parameters.data);
}

/* The strategy without its equality. */
static int
strict_strategy(int strategy)
{
	return strategy == BTGreaterEqualStrategyNumber ?
		BTGreaterStrategyNumber :
		strategy == BTLessEqualStrategyNumber ?
		BTLessStrategyNumber : strategy;
}

char *
jobs_key_condition(const JobKey *key, int strategy, int first)
{
	int			last = key->count - 1;
	char	   *condition = compare_column(key, last, strategy, first);

	if (last > 0 && have_same_operator(key, strategy))
		return compare_rows(key, strategy, first);
	for (int i = last - 1; i >= 0; i--)
		condition = psprintf("(%s OR %s AND %s)",
							 compare_column(key, i, strict_strategy(strategy),
											first),
							 compare_column(key, i, BTEqualStrategyNumber,
											first),
							 condition);
	return condition;
}

char *
jobs_key_join(const JobKey *key)
{
	StringInfoData join;

	initStringInfo(&join);
	for (int i = 0; i < key->count; i++)
		appendStringInfo(&join, "%s%s %s %s", i > 0 ? " AND " : "",
						 column_operand(key, i),
						 operator_name(&key->columns[i],
									   BTEqualStrategyNumber),
						 operand(&key->columns[i],
								 psprintf("batch.%s",
										  key->columns[i].name)));
	return join.data;
}

char *
jobs_key_image(const JobKey *key, const Datum *values)
{
	Datum	   *texts = palloc(key->count * sizeof(Datum));
	ArrayType  *array;

	for (int i = 0; i < key->count; i++)
	{
		char	   *text = OutputFunctionCall(&key->columns[i].output,
											  values[i]);

		texts[i] = CStringGetTextDatum(text);
	}
	array = construct_array(texts, key->count, TEXTOID, -1, false,
							TYPALIGN_INT);
	return OidOutputFunctionCall(F_ARRAY_OUT, PointerGetDatum(array));
}

Datum *
jobs_key_parse(const JobKey *key, const char *image)
{
	Datum		array = OidInputFunctionCall(F_ARRAY_IN, pstrdup(image),
											 TEXTOID, -1);
	Datum	   *values;
	bool	   *nulls;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &values, &nulls, &count);
	if (count != key->count)
		elog(ERROR, "key %s does not have %d columns", image, key->count);
	for (int i = 0; i < count; i++)
	{
		JobKeyColumn *column = &key->columns[i];

		values[i] = InputFunctionCall(&column->input,
									  TextDatumGetCString(values[i]),
									  column->input_parameter,
									  column->typmod);
	}
	return values;
}

int
jobs_key_compare(const JobKey *key, const Datum *a, const Datum *b)
{
	for (int i = 0; i < key->count; i++)
	{
		JobKeyColumn *column = &key->columns[i];
		int			order =
			DatumGetInt32(FunctionCall2Coll(&column->compare,
											column->collation, a[i], b[i]));

		if (order != 0)
			return order;
	}
	return 0;
}

void
jobs_key_settings(void)
{
	static const char *const settings[][2] = {
		{"search_path", "pg_catalog, pg_temp"},
		{"DateStyle", "ISO, YMD"},
		{"IntervalStyle", "postgres"},
		{"TimeZone", "UTC"},
		{"extra_float_digits", "3"},
		{"bytea_output", "hex"},
		{"lc_monetary", "C"},
		{"standard_conforming_strings", "on"},
		{"quote_all_identifiers", "off"}
	};

	for (size_t i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1],
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
}
