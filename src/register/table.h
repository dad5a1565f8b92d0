/*-------------------------------------------------------------------------
 *
 * register/table.h
 *		The table _v.patches: lock it, look up, insert, delete.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGISTER_TABLE_H
#define REGISTER_TABLE_H

#include "access/genam.h"
#include "base/columns.h"
#include "base/patch.h"
#include "executor/tuptable.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"
#include "utils/timestamp.h"

/* The open register. */
typedef struct Register
{
	Relation	table;
	AttrNumber	columns[COLUMN_COUNT];
	Snapshot	snapshot;		/* which of its rows are seen */
	IndexScanDesc by_name;		/* on the primary key, rescanned per name */
	TupleTableSlot *row;		/* what register_table_find() found last */
} Register;

/* An installed patch, as register_table_found() tells of it. */
typedef struct InstalledPatch
{
	ItemPointerData tid;		/* its place in the table */
	char	   *name;
} InstalledPatch;

/* A row of the table, as register_table_all() tells of it. */
typedef struct RegisteredPatch
{
	Patch		patch;			/* arrays as stored, NULL for NULL */
	TimestampTz applied_at;
	char	   *applied_by;
} RegisteredPatch;

/*
 * All rows as of now, in no order: a list of RegisteredPatch in the current
 * memory context.  Locks the table in ACCESS SHARE mode.  No privilege is
 * asked for, nothing is planned, and nothing on the table is evaluated.
 */
extern List *register_table_all(void);

extern Register *register_table_open(AclMode privilege);
extern void register_table_close(Register *reg);

extern bool register_table_find(Register *reg, const text *name);
extern InstalledPatch *register_table_found(Register *reg);
extern Datum register_table_value(Register *reg, Column column,
								  bool *isnull);
extern ArrayType *register_table_names(Register *reg, Column column);

extern void register_table_insert(Register *reg, text *name,
								  ArrayType *requires, ArrayType *conflicts);
extern void register_table_delete(Register *reg, const text *name);

#endif							/* REGISTER_TABLE_H */
