/*-------------------------------------------------------------------------
 *
 * base/columns.h
 *		The columns of a table of ours, as it is now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include "access/attnum.h"
#include "utils/relcache.h"

/* A column, as the install script defines it. */
typedef struct ColumnDefinition
{
	const char *name;
	Oid			type;
} ColumnDefinition;

/* Those of _v.patches */
typedef enum Column
{
	COLUMN_PATCH_NAME,
	COLUMN_APPLIED_TSZ,
	COLUMN_APPLIED_BY,
	COLUMN_REQUIRES,
	COLUMN_CONFLICTS
} Column;

#define COLUMN_COUNT (COLUMN_CONFLICTS + 1)

/*
 * Puts the number that each of the columns has in the table, one of the
 * schema _v, into numbers[].  Raises 42703 if one is not there, 42804 if it is
 * of another type.
 */
extern void columns_find(Relation table, const ColumnDefinition *definitions,
						 int count, AttrNumber *numbers);

/* The name of a column of _v.patches. */
extern const char *columns_name(Column column);

/* The columns of _v.patches; see columns_find(). */
extern void columns_find_patches(Relation table, AttrNumber *numbers);

/*
 * The primary key of the table, which must be on patch_name alone.  Raises
 * 55000 if it is not, for then no name could be looked up, and 42809 if this
 * is a view or the like.
 */
extern Oid	columns_primary_key(Relation table, const AttrNumber *numbers);

#endif							/* BASE_COLUMNS_H */
