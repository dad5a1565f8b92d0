/*-------------------------------------------------------------------------
 *
 * changes/recall.c
 *		The lives of objects that this transaction has met.
 *
 * A life is found by the name of its object, which is the same after dump and
 * restore.  But commands may be told in another order than they have run in,
 * if event triggers run commands of their own: then the names do not fit
 * together.  Within a transaction the address of an object does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "changes/former.h"
#include "changes/recall.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* In TopTransactionContext, and so gone at the end of the transaction. */
static HTAB *lives = NULL;

/* Called when that context is reset. */
static void
forget(void *arg pg_attribute_unused())
{
	lives = NULL;
}

/* Makes an empty table for this transaction. */
static void
begin(void)
{
	HASHCTL		control = {0};
	MemoryContextCallback *callback =
		MemoryContextAllocZero(TopTransactionContext, sizeof(*callback));

	callback->func = forget;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	control.keysize = sizeof(ObjectAddress);
	control.entrysize = sizeof(RecalledLife);
	control.hcxt = TopTransactionContext;
	lives = hash_create("lives of changed objects", 64, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void
changes_recall_remember(RecalledLife life)
{
	RecalledLife *entry;

	if (lives == NULL)
		begin();
	entry = hash_search(lives, &life.object, HASH_ENTER, NULL);
	*entry = life;
}

const RecalledLife *
changes_recall(const ObjectAddress *object)
{
	return lives == NULL ? NULL :
		hash_search(lives, object, HASH_FIND, NULL);
}

bool
changes_recall_is_untold(const ObjectAddress *object)
{
	const RecalledLife *life = changes_recall(object);

	return life != NULL ? life->is_untold : changes_former_is_new(object);
}
