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

extern void columns_find(Relation table, const ColumnDefinition *definitions,
						 int count, AttrNumber *numbers);

extern const char *columns_name(Column column);
extern void columns_find_patches(Relation table, AttrNumber *numbers);
extern Oid	columns_primary_key(Relation table, const AttrNumber *numbers);

#endif							/* BASE_COLUMNS_H */
