/*-------------------------------------------------------------------------
 *
 * registry.h
 *		The table _v.patches: lock it, look up, insert, delete.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_REGISTRY_H
#define VERSIONING_REGISTRY_H

#include "access/genam.h"
#include "columns.h"
#include "executor/tuptable.h"
#include "nodes/parsenodes.h"
#include "patch.h"
#include "utils/array.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"
#include "utils/timestamp.h"

/* The open register. */
typedef struct Registry
{
	Relation	table;
	AttrNumber	columns[COLUMN_COUNT];
	Snapshot	snapshot;		/* which of its rows are seen */
	IndexScanDesc by_name;		/* on the primary key, rescanned per name */
	TupleTableSlot *row;		/* what registry_find() found last */
} Registry;

/* An installed patch, as registry_found() tells of it. */
typedef struct InstalledPatch
{
	ItemPointerData tid;		/* its place in the table */
	char	   *name;
} InstalledPatch;

/* A row of the table, as registry_all() tells of it. */
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
extern List *registry_all(void);

extern Registry *registry_open(AclMode privilege);
extern void registry_close(Registry *registry);

extern bool registry_find(Registry *registry, const text *name);
extern InstalledPatch *registry_found(Registry *registry);
extern Datum registry_value(Registry *registry, Column column,
							bool *isnull);
extern ArrayType *registry_names(Registry *registry, Column column);

extern void registry_insert(Registry *registry, text *name,
							ArrayType *requires, ArrayType *conflicts);
extern void registry_delete(Registry *registry, const text *name);

#endif							/* VERSIONING_REGISTRY_H */
