/*-------------------------------------------------------------------------
 *
 * register/register.h
 *		The table _v.patches: lock it, look up, insert, delete.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGISTER_H
#define REGISTER_H

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
	TupleTableSlot *row;		/* what register_find() found last */
} Register;

/* An installed patch, as register_found() tells of it. */
typedef struct InstalledPatch
{
	ItemPointerData tid;		/* its place in the table */
	char	   *name;
} InstalledPatch;

/* A row of the table, as register_all() tells of it. */
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
extern List *register_all(void);

extern Register *register_open(AclMode privilege);
extern void register_close(Register *reg);

extern bool register_find(Register *reg, const text *name);
extern InstalledPatch *register_found(Register *reg);
extern Datum register_value(Register *reg, Column column,
							bool *isnull);
extern ArrayType *register_names(Register *reg, Column column);

extern void register_insert(Register *reg, text *name,
							ArrayType *requires, ArrayType *conflicts);
extern void register_delete(Register *reg, const text *name);

#endif							/* REGISTER_H */
