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

/*
 * Raises 42501 without the privilege, one of those below, and 42P01 without
 * the table.  Locks nothing.
 */
extern void register_check_privilege(AclMode privilege);

/*
 * Opens the register for what the privilege is needed for: ACL_INSERT and
 * ACL_DELETE take the EXCLUSIVE lock, ACL_SELECT an ACCESS SHARE lock.  They
 * are held to the end of the transaction.
 *
 * Raises, as INSERT, DELETE and SELECT do, 25006 in a read-only transaction
 * and on a standby, 42501 without the privilege, 42P01 without the table;
 * and 0A000 under row-level security, 42703, 42804 or 55000 if the table was
 * altered so that it is not the register any more.
 * The result lives in the current memory context until register_close().
 */
extern Register *register_open(AclMode privilege);

/* Gives back all that the open register held, but for the locks. */
extern void register_close(Register *reg);

/*
 * Is the patch installed?  If so, register_found() and register_value() tell
 * of it until the next look-up.
 */
extern bool register_find(Register *reg, const text *name);

/* The patch that was looked up last, allocated in the current context. */
extern InstalledPatch *register_found(Register *reg);

/* A column of the row that was looked up last. */
extern Datum register_value(Register *reg, Column column,
							bool *isnull);

/*
 * A column of names of the row that was looked up last, or NULL: a copy in the
 * current context.
 */
extern ArrayType *register_names(Register *reg, Column column);

/*
 * Inserts a row, as the current user.  Columns that people added get their
 * defaults.  Raises what row_insert() raises, and 55000 if the row is not
 * there after it.
 */
extern void register_insert(Register *reg, text *name,
							ArrayType *requires, ArrayType *conflicts);

/*
 * Deletes the row that register_find() has just found, as the current user.
 * Raises what row_delete() raises, and 55000 if the row is still there after
 * it.
 */
extern void register_delete(Register *reg, const text *name);

#endif							/* REGISTER_H */
