/*-------------------------------------------------------------------------
 *
 * changes/former.h
 *		What an object was called before.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_FORMER_H
#define CHANGES_FORMER_H

#include "catalog/objectaddress.h"
#include "utils/array.h"
#include "utils/snapshot.h"

/*
 * Of an object, what it was called when the transaction began, or when the
 * transaction made it.  A column that came with its relation is not new.
 */
typedef struct Former
{
	bool		is_new;			/* this transaction has made it */
	char	   *schema_name;	/* NULL if it has none, or is a column */
	char	   *identity;
} Former;

/*
 * A snapshot that sees nothing of what this transaction has done.  It is
 * registered: the caller gives it back with UnregisterSnapshot().
 */
extern Snapshot changes_former_snapshot(void);

/*
 * Finds out what an object that is there, and has this identity now, was
 * called.  What others are called, its table for example, is taken as it is
 * now.  Returns false if that cannot be known.  Allocated in the current
 * memory context.
 */
extern bool changes_former_find(const ObjectAddress *object,
								const char *identity, Former *former);

/*
 * Has this transaction made the object, which is there?  False if that cannot
 * be known.
 */
extern bool changes_former_is_new(const ObjectAddress *object);

/*
 * The identity with this name in the place of the object's own, and this
 * schema, unless it is NULL, in the place of its schema; none of them quoted.
 */
extern char *changes_former_identity(const ObjectAddress *object,
									 const char *identity,
									 const char *schema, const char *name);

/*
 * The names of all columns that this transaction has made of a relation that
 * it has made, as they were then: an array of text.
 */
extern ArrayType *changes_former_columns(Oid relid);

#endif							/* CHANGES_FORMER_H */
