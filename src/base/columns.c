/*-------------------------------------------------------------------------
 *
 * base/columns.c
 *		The columns of a table of ours, as it is now.
 *
 * _v.patches may have come from elsewhere, with other columns dropped and
 * added, and the owner of a table, who need not be a superuser, may alter it.
 * C code that took a column for what the install script says of it would read
 * what is not there.  So it is looked at each time that the table is opened.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "base/columns.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/rel.h"

/* Those of _v.patches */
static const ColumnDefinition patches[COLUMN_COUNT] = {
	[COLUMN_PATCH_NAME] = {"patch_name", TEXTOID},
	[COLUMN_APPLIED_TSZ] = {"applied_tsz", TIMESTAMPTZOID},
	[COLUMN_APPLIED_BY] = {"applied_by", TEXTOID},
	[COLUMN_REQUIRES] = {"requires", TEXTARRAYOID},
	[COLUMN_CONFLICTS] = {"conflicts", TEXTARRAYOID}
};

/*
 * The number of the column of this name, or InvalidAttrNumber.  The open
 * table has the names; the system cache would have to fetch each.
 */
static AttrNumber
column_number(TupleDesc columns, const char *name)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped &&
			strcmp(NameStr(column->attname), name) == 0)
			return column->attnum;
	}
	return InvalidAttrNumber;
}

void
columns_find(Relation table, const ColumnDefinition *definitions, int count,
			 AttrNumber *numbers)
{
	TupleDesc	columns = RelationGetDescr(table);

	for (int i = 0; i < count; i++)
	{
		const char *name = definitions[i].name;
		Oid			type = definitions[i].type;

		numbers[i] = column_number(columns, name);
		if (numbers[i] == InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table _v.%s has no column \"%s\"",
							RelationGetRelationName(table), name)));
		if (TupleDescAttr(columns, numbers[i] - 1)->atttypid != type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of table _v.%s "
							"is not of type %s",
							name, RelationGetRelationName(table),
							format_type_be(type))));
	}
}

const char *
columns_name(Column column)
{
	return patches[column].name;
}

void
columns_find_patches(Relation table, AttrNumber *numbers)
{
	columns_find(table, patches, COLUMN_COUNT, numbers);
}

Oid
columns_primary_key(Relation table, const AttrNumber *numbers)
{
	Oid			index_oid;

	if (table->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("_v.patches is not an ordinary table")));

	index_oid = compat_primary_key_index(table);
	if (OidIsValid(index_oid))
	{
		Relation	index = index_open(index_oid, AccessShareLock);
		bool		usable;

		usable = index->rd_index->indnkeyatts == 1 &&
			index->rd_index->indkey.values[0] == numbers[COLUMN_PATCH_NAME];
		index_close(index, NoLock);
		if (usable)
			return index_oid;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table _v.patches has no primary key on patch_name"),
			 errhint("Create it with ALTER TABLE _v.patches "
					 "ADD PRIMARY KEY (patch_name);")));
	return InvalidOid;			/* keep the compiler quiet */
}
