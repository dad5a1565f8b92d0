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
} LifeColumns;

typedef struct LifeSearch LifeSearch;

extern LifeSearch *changes_life_open(Relation table, LifeColumns columns);
extern int64 changes_life_find(LifeSearch *search, const char *object_type,
							   const char *identity);

/* The id of the first row that there is of this life, or 0. */
extern int64 changes_life_first(LifeSearch *search, int64 life);

extern void changes_life_close(LifeSearch *search);

#endif							/* CHANGES_LIFE_H */
