/*-------------------------------------------------------------------------
 *
 * changes/recall.h
 *		The lives of objects that this transaction has met.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_RECALL_H
#define CHANGES_RECALL_H

#include "catalog/objectaddress.h"
#include "datatype/timestamp.h"

typedef struct RecalledLife
{
	ObjectAddress object;
	int64		id;				/* its first_id */
	TimestampTz since;			/* when the object was met */
	bool		is_untold;		/* its 'created' is still to come */
} RecalledLife;

/*
 * Remembers it until the transaction ends.  It is not forgotten with a
 * subtransaction that is rolled back: if the object is still there, that is
 * the number that its life has, whatever rows are left of it.
 */
extern void changes_recall_remember(RecalledLife life);

/* What was remembered last of the object, or NULL. */
extern const RecalledLife *changes_recall(const ObjectAddress *object);

/* Has this transaction made the object, of which nothing was written yet? */
extern bool changes_recall_is_untold(const ObjectAddress *object);

#endif							/* CHANGES_RECALL_H */
