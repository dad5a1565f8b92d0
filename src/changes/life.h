/*-------------------------------------------------------------------------
 *
 * changes/life.h
 *		The lives of objects, as _v.changes has recorded them so far.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_LIFE_H
#define CHANGES_LIFE_H

#include "utils/relcache.h"

/* Which columns of the table are looked at. */
typedef struct LifeColumns
{
	AttrNumber	id;
	AttrNumber	first_id;
	AttrNumber	object_type;
	AttrNumber	identity;
	AttrNumber	action;
	AttrNumber	transaction_id;
} LifeColumns;

typedef struct LifeSearch LifeSearch;

/*
 * Gets ready to search in the table, which the caller has open.  Raises 55000
 * if its indexes are not those that it was installed with.
 */
extern LifeSearch *changes_life_open(Relation table, LifeColumns columns);

/*
 * Returns the first_id of the life of an object that is there, or 0 if nothing
 * of it was recorded: also if that object has another name by now, or was
 * dropped, and this one came unseen.
 */
extern int64 changes_life_find(LifeSearch *search, const char *object_type,
							   const char *identity);

/*
 * Returns the same of a life that this transaction has ended: the object was
 * dropped.
 */
extern int64 changes_life_find_ended(LifeSearch *search,
									 const char *object_type,
									 const char *identity);

/* The id of the first row that there is of this life, or 0. */
extern int64 changes_life_first(LifeSearch *search, int64 life);

/* Gives back all that the search held, but for the locks. */
extern void changes_life_close(LifeSearch *search);

#endif							/* CHANGES_LIFE_H */
