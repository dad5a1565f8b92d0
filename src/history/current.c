/*-------------------------------------------------------------------------
 *
 * history/current.c
 *		The patch that this session is in.
 *
 * It is known from the registration alone, and kept in the backend, not in a
 * setting: nobody can claim to be in a patch, but by registering one.
 *
 * A transaction has a stack of what it registered and took back.  Each entry
 * knows the subtransaction that it was made in, so that what is rolled back is
 * forgotten, and the one before it is the current patch again.
 *
 * A patch that cannot run in a transaction block (CREATE INDEX CONCURRENTLY)
 * registers itself in a statement of its own.  What follows it can only be its
 * own, so it stays for the session, until the next registration is committed.
 * Whether there is a block cannot be asked inside a subtransaction, as that of
 * a PL/pgSQL block with EXCEPTION: there it is seen when the transaction
 * commits.  It stays as long as its row of _v.history does: another session
 * may have put a new register in the place of the one that knew it.
 *
 * As long as a patch stays for the session, the session holds a lock that says
 * so to all others: see the view _v.in_progress.  It is a lock on an object,
 * which no SQL function takes on anything but system catalogs, of the method
 * of the advisory locks, whose locks for a session outlive an error.  It is
 * taken when the transaction is about to commit, so that it is there before
 * anybody sees the patch, and nobody ever waits for it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "fmgr.h"
#include "history/current.h"
#include "history/history.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(versioning_current_patch);

/* All of it is in TopMemoryContext. */
typedef struct Registration
{
	CurrentPatch patch;
	Oid			history;		/* the table that its row is in */
	bool		in_block;		/* surely in a transaction block */
	SubTransactionId subtransaction;
	struct Registration *before;
	char		name[FLEXIBLE_ARRAY_MEMBER];
} Registration;

/* Those of this transaction, the latest one first. */
static Registration *registrations = NULL;

/* The one that an earlier transaction left to the session. */
static Registration *left_to_session = NULL;

/* This transaction did not find its row: gone for good, if it commits. */
static bool left_is_gone = false;

/* We are one in a chain of those who want to see utility commands. */
static ProcessUtility_hook_type next_process_utility = NULL;

/* The lock that says that a registration stays for the session. */
static LOCKTAG
lock_of(const Registration *registration)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, registration->history,
					   (uint32) registration->patch.history_id, 0);
	tag.locktag_lockmethodid = USER_LOCKMETHOD;
	return tag;
}

/*
 * Takes it, if we have not got it, as after pg_advisory_unlock_all().  Raises
 * 53200 if there is no room for it.
 */
static void
hold_lock(const Registration *registration)
{
	LOCKTAG		tag = lock_of(registration);

	if (!compat_lock_held_by_me(&tag, ExclusiveLock))
		(void) LockAcquire(&tag, ExclusiveLock, true, true);
}

/* Releases it, if we have got it. */
static void
release_lock(const Registration *registration)
{
	LOCKTAG		tag = lock_of(registration);

	if (compat_lock_held_by_me(&tag, ExclusiveLock))
		(void) LockRelease(&tag, ExclusiveLock, true);
}

/* Frees a registration, if there is one, and its lock. */
static void
free_registration(Registration *registration)
{
	if (registration == NULL)
		return;
	release_lock(registration);
	pfree(registration);
}

/* Takes the latest registration from the stack. */
static Registration *
pop_registration(void)
{
	Registration *latest = registrations;

	registrations = latest->before;
	latest->before = NULL;
	return latest;
}

/* Forgets what this transaction has registered. */
static void
forget_registrations(void)
{
	while (registrations != NULL)
		free_registration(pop_registration());
}

/* Leaves this registration to the session, in the place of an earlier one. */
static void
leave_to_session(Registration *registration)
{
	free_registration(left_to_session);
	left_to_session = registration;
	left_is_gone = false;
}

/*
 * Will the latest registration outlive the transaction, which is committing?
 */
static bool
latest_stays(void)
{
	return registrations != NULL && !registrations->in_block &&
		!IsTransactionBlock();
}

/* The transaction has committed. */
static void
end_with_commit(void)
{
	if (registrations == NULL && !left_is_gone)
		return;
	leave_to_session(latest_stays() ? pop_registration() : NULL);
	forget_registrations();
}

/*
 * At the end of a transaction.  One that is prepared is over for this session,
 * whatever becomes of it.
 */
static void
at_end_of_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			if (latest_stays())
				hold_lock(registrations);
			break;
		case XACT_EVENT_COMMIT:
			end_with_commit();
			break;
		case XACT_EVENT_PREPARE:
			if (registrations != NULL)
				leave_to_session(NULL);
			forget_registrations();
			left_is_gone = false;
			break;
		case XACT_EVENT_ABORT:
			forget_registrations();
			left_is_gone = false;
			break;
		default:
			break;
	}
}

/* At the end of a subtransaction. */
static void
at_end_of_subtransaction(SubXactEvent event, SubTransactionId own,
						 SubTransactionId parent,
						 void *arg pg_attribute_unused())
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		while (registrations != NULL && registrations->subtransaction == own)
			free_registration(pop_registration());
		left_is_gone = false;
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		for (Registration *r = registrations;
			 r != NULL && r->subtransaction == own; r = r->before)
			r->subtransaction = parent;
}

/* Is it DISCARD ALL? */
static bool
is_discard_all(const Node *command)
{
	return IsA(command, DiscardStmt) &&
		((const DiscardStmt *) command)->target == DISCARD_ALL;
}

/*
 * Lets DISCARD ALL also discard the patch of the session, and makes sure that
 * the lock of that patch is there while a command runs.
 */
static void
process_utility(PlannedStmt *pstmt, const char *queryString,
				bool readOnlyTree, ProcessUtilityContext context,
				ParamListInfo params, QueryEnvironment *queryEnv,
				DestReceiver *dest, QueryCompletion *qc)
{
	bool		discards = is_discard_all(pstmt->utilityStmt);

	if (left_to_session != NULL && !discards && IsTransactionState())
		hold_lock(left_to_session);
	if (next_process_utility != NULL)
		next_process_utility(pstmt, queryString, readOnlyTree, context,
							 params, queryEnv, dest, qc);
	else
		standard_ProcessUtility(pstmt, queryString, readOnlyTree, context,
								params, queryEnv, dest, qc);

	if (discards)
	{
		forget_registrations();
		leave_to_session(NULL);
	}
}

void
history_current_init(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
	RegisterSubXactCallback(at_end_of_subtransaction, NULL);
	next_process_utility = ProcessUtility_hook;
	ProcessUtility_hook = process_utility;
}

void
history_current_begin(int64 history_id, const char *name, bool is_rollback)
{
	Size		length = strlen(name) + 1;
	Registration *registration =
		MemoryContextAlloc(TopMemoryContext,
						   offsetof(Registration, name) + length);

	memcpy(registration->name, name, length);
	registration->patch.history_id = history_id;
	registration->patch.is_rollback = is_rollback;
	registration->patch.name = registration->name;
	registration->history = history_oid();
	registration->in_block = IsTransactionBlock() &&
		GetCurrentTransactionNestLevel() == 1;
	registration->subtransaction = GetCurrentSubTransactionId();
	registration->before = registrations;
	registrations = registration;
}

const CurrentPatch *
history_current_get(void)
{
	Registration *current = registrations;

	if (current != NULL)
		return current->history == history_oid() ? &current->patch : NULL;
	current = left_to_session;
	if (current == NULL)
		return NULL;
	left_is_gone = !history_has(current->history, current->patch.history_id,
								current->name);
	return left_is_gone ? NULL : &current->patch;
}

/* _v.current_patch() */
Datum
versioning_current_patch(PG_FUNCTION_ARGS)
{
	const CurrentPatch *patch = history_current_get();

	if (patch == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(patch->name));
}
