/*-------------------------------------------------------------------------
 *
 * base/attempt.c
 *		Something whose failure must not make the user's statement fail.
 *
 * As PL/pgSQL does it for a block with EXCEPTION.
 *
 * The statement may have called a function that has made the transaction
 * read-only, to keep us from writing about it.  Our subtransaction is not, if
 * there is anything to write about; when it ends, the transaction is again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/attempt.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

/*
 * Is it an operator, or the user, who wants the statement to end?  Others may
 * raise an error with that SQLSTATE, but not from where the server looks for
 * cancel requests.  (What ends the session does not come here as an error.)
 */
static bool
is_intervention(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_QUERY_CANCELED &&
		error->funcname != NULL &&
		strcmp(error->funcname, "ProcessInterrupts") == 0;
}

/* Reports as a WARNING what kept us from doing what we were to do. */
static void
warn(const char *failure, const ErrorData *error)
{
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("%s: %s", failure, error->message),
			 error->detail == NULL ? 0 :
			 errdetail_internal("%s", error->detail),
			 error->hint == NULL ? 0 : errhint("%s", error->hint)));
}

ErrorData *
attempt_catch(void (*action) (void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	if (TransactionIdIsValid(GetTopTransactionIdIfAny()))
		XactReadOnly = false;
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		action(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;

	if (error != NULL && is_intervention(error))
		ReThrowError(error);
	return error;
}

bool
attempt_run(void (*action) (void *arg), void *arg,
			const char *failure)
{
	ErrorData  *error = attempt_catch(action, arg);

	if (error == NULL)
		return true;
	warn(failure, error);
	FreeErrorData(error);
	return false;
}
