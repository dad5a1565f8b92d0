/*-------------------------------------------------------------------------
 *
 * columns.h
 *		The columns of _v.patches, as the table is now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_COLUMNS_H
#define VERSIONING_COLUMNS_H

#include "access/attnum.h"
#include "utils/relcache.h"

typedef enum Column
{
	COLUMN_PATCH_NAME,
	COLUMN_APPLIED_TSZ,
	COLUMN_APPLIED_BY,
	COLUMN_REQUIRES,
	COLUMN_CONFLICTS
} Column;

#define COLUMN_COUNT (COLUMN_CONFLICTS + 1)

extern const char *columns_name(Column column);
extern void columns_find(Relation table, AttrNumber *numbers);
extern Oid	columns_primary_key(Relation table, const AttrNumber *numbers);

#endif							/* VERSIONING_COLUMNS_H */
