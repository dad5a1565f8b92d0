/*-------------------------------------------------------------------------
 *
 * dependents/memory.c
 *		What this transaction has dropped and is to restore.
 *
 * It is a stack, in the backend and not in a table: nobody else has to see it,
 * and nobody can alter it.  Each entry knows the subtransaction that it was
 * made in, and the one that settled it, so that a rollback to a savepoint
 * takes either back.  A transaction with an entry that is not settled does not
 * commit, nor can it be prepared.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "dependents/memory.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

/* In TopTransactionContext, the latest one first. */
static Dependent *dependents = NULL;

void
dependents_memory_add(Dependent *dependent)
{
	dependent->dropped_in = GetCurrentSubTransactionId();
	dependent->settled_in = InvalidSubTransactionId;
	dependent->before = dependents;
	dependents = dependent;
}

Dependent *
dependents_memory_latest(void)
{
	return dependents;
}

void
dependents_memory_settle(Dependent *dependent)
{
	dependent->settled_in = GetCurrentSubTransactionId();
}

bool
dependents_memory_is_open(const Dependent *dependent)
{
	return dependent->settled_in == InvalidSubTransactionId;
}

/* Raises 55000 if something is not settled, and says what. */
static void
check_all_settled(void)
{
	StringInfoData names;
	const Dependent *first = NULL;
	int			count = 0;

	initStringInfo(&names);
	for (const Dependent *d = dependents; d != NULL; d = d->before)
		if (dependents_memory_is_open(d))
		{
			appendStringInfo(&names, "%s%s %s", count++ > 0 ? ", " : "",
							 d->type, d->identity);
			first = d;
		}
	if (first == NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg_plural("cannot commit while %d dependent that was "
						   "dropped is not restored",
						   "cannot commit while %d dependents that were "
						   "dropped are not restored", count, count),
			 errdetail_plural("It is: %s.", "They are: %s.", count,
							  names.data),
			 errhint("In the same transaction, SELECT "
					 "_v.restore_dependents(); or give up by name what is "
					 "not to be restored: SELECT _v.forget_dependents(%s);",
					 quote_literal_cstr(first->identity))));
}

/* The memory of a transaction ends with it. */
static void
at_end_of_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			check_all_settled();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_ABORT:
			dependents = NULL;
			break;
		default:
			break;
	}
}

/* What a subtransaction did is taken back, or becomes its parent's. */
static void
at_end_of_subtransaction(SubXactEvent event, SubTransactionId own,
						 SubTransactionId parent,
						 void *arg pg_attribute_unused())
{
	bool		aborted = event == SUBXACT_EVENT_ABORT_SUB;

	if (!aborted && event != SUBXACT_EVENT_COMMIT_SUB)
		return;
	while (aborted && dependents != NULL && dependents->dropped_in == own)
		dependents = dependents->before;
	for (Dependent *d = dependents; d != NULL; d = d->before)
	{
		if (d->dropped_in == own)
			d->dropped_in = parent;
		if (d->settled_in == own)
			d->settled_in = aborted ? InvalidSubTransactionId : parent;
	}
}

void
dependents_memory_init(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
	RegisterSubXactCallback(at_end_of_subtransaction, NULL);
}
