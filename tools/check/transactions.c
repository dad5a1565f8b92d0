/*-------------------------------------------------------------------------
 *
 * check/transactions.c
 *		What is wrong with the transactions of a script
 *
 * What a patch does and the row that says so are to be kept together or not
 * at all, so all of it belongs into one transaction that begins with the
 * registration.  A script without a transaction gets one put around it.  One
 * that cannot run in a transaction does one thing besides the registration;
 * then there is nothing that could be done by half.
 *
 * Settings, locks and assertions leave nothing behind, so it does not matter
 * where they stand.  Where it depends on an \if whether a transaction is
 * open, nothing is said, unless it is ours that may have ended.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "script/transaction.h"

/* Who sees to it that there is a transaction? */
typedef enum TransactionMode
{
	MODE_AROUND,				/* we put one around the script */
	MODE_OWN,					/* the script has its own */
	MODE_WITHOUT				/* it says that there is none */
} TransactionMode;

typedef struct TransactionCheck
{
	ProblemList *found;
	TransactionMode mode;
	TransactionState transaction;

	/* since the transaction began, with the current query if there is none */
	ScriptPlace work;			/* the first statement but a registration */
	ScriptPlace registration;	/* the first one, or line 0 if there is none */
	bool		is_removal;		/* and that takes a patch back */

	ScriptPlace prepared;		/* where a registration was PREPAREd, or 0 */
	bool		is_outside;		/* we have said so of the statement before */
	int			parts;			/* things done that can be kept by itself */
	ScriptPlace first_part;
	bool		drops_slot;		/* a subscription's slot has been let go */
	bool		has_flaw;		/* and nobody knows what comes after it */
} TransactionCheck;

/* Is the place not set? */
static bool
is_nowhere(const ScriptPlace *place)
{
	return place->line == 0;
}

/* A transaction begins, or a query that is one by itself: nothing is in it. */
static void
forget_contents(TransactionCheck *check)
{
	check->work.line = check->registration.line = 0;
}

/* A transaction begins, or one has ended. */
static void
start_transaction(TransactionCheck *check)
{
	check->is_outside = false;
	forget_contents(check);
}

/* Nothing may be left of what can be done by half. */
static void
count_part(TransactionCheck *check, const ScriptPlace *place)
{
	if (check->parts++ == 0)
		check->first_part = *place;
	if (check->mode == MODE_WITHOUT && check->parts == 2)
		problem_found(check->found, PROBLEM_SEVERAL_STATEMENTS, place->path,
					  place->line, "this is the second statement of a script "
					  "without a transaction: if it fails, what the one of "
					  "line %d did is kept", check->first_part.line);
}

/* The statement is outside the transaction that the script has. */
static void
complain_of_outside(TransactionCheck *check, const ScriptStatement *statement,
					const char *ban)
{
	const ScriptPlace *place = &statement->place;

	if (check->is_outside)
		return;
	check->is_outside = true;
	if (ban != NULL)
		problem_found(check->found, PROBLEM_OUTSIDE_TRANSACTION, place->path,
					  place->line, "%s stands outside the script's "
					  "transaction; where it has to, let the comment \"-- "
					  "versioning: no-transaction\" say so", ban);
	else if (statement->registrations > 0 || statement->removals > 0)
		problem_found(check->found, PROBLEM_OUTSIDE_TRANSACTION, place->path,
					  place->line, "this is committed without what the script "
					  "does in its transaction");
	else
		problem_found(check->found, PROBLEM_OUTSIDE_TRANSACTION, place->path,
					  place->line, "this statement is outside the script's "
					  "transaction, so it is kept or lost without it");
}

/* What a registration is called, or what takes a patch back. */
static const char *
call_name(bool is_removal)
{
	return is_removal ? "unregister_patch" : "registration";
}

/* A registration is met: nothing may have been done before it. */
static void
see_registration(TransactionCheck *check, const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;
	const char *what = call_name(statement->registrations == 0);

	if (!is_nowhere(&check->work) &&
		check->transaction.status != TRANSACTION_UNKNOWN)
		problem_found(check->found, PROBLEM_REGISTRATION_NOT_FIRST,
					  place->path, place->line,
					  "%s is not the first statement of its transaction: that "
					  "is in line %d", what, check->work.line);
	else if (check->mode == MODE_WITHOUT && check->parts > 0)
		problem_found(check->found, PROBLEM_REGISTRATION_NOT_FIRST,
					  place->path, place->line,
					  "%s is not the first statement: that of line %d is run "
					  "outside any patch, so that no change is known to be of "
					  "this one, and the guard refuses it", what,
					  check->first_part.line);
	if (is_nowhere(&check->registration))
	{
		check->registration = *place;
		check->is_removal = statement->registrations == 0;
	}
}

/* A statement is met that may leave something behind. */
static void
see_work(TransactionCheck *check, const ScriptStatement *statement,
		 const char *ban)
{
	const ScriptPlace *place = &statement->place;
	bool		is_alone = check->transaction.status == TRANSACTION_NONE ||
		(check->transaction.status == TRANSACTION_UNKNOWN &&
		 check->mode == MODE_AROUND && !check->has_flaw);

	if (is_alone && statement->number == 0)
	{
		forget_contents(check);
		if (check->mode != MODE_WITHOUT)
			complain_of_outside(check, statement, ban);
	}
	if (statement->registrations > 0 || statement->removals > 0)
	{
		see_registration(check, statement);
		return;
	}
	if (is_nowhere(&check->work))
	{
		check->work = *place;
		if (check->transaction.status != TRANSACTION_UNKNOWN)
			count_part(check, place);
	}
}

/* Is this DROP SUBSCRIPTION of one that has no slot any more? */
static bool
is_dropped_without_slot(TransactionCheck *check, const char *ban)
{
	return check->drops_slot && strcmp(ban, "DROP SUBSCRIPTION") == 0;
}

/*
 * Complain if the statement cannot be run in the transaction in which it is.
 * Returns what it is if it cannot be run in any, or NULL.
 */
static const char *
check_ban(TransactionCheck *check, const TransactionState *old,
		  const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;
	const char *ban = statement->traits->ban;

	check->drops_slot |= statement->traits->lets_slot_go;
	if (ban == NULL || is_dropped_without_slot(check, ban))
		return NULL;
	if (old->status == TRANSACTION_NONE && statement->siblings > 0)
		problem_found(check->found, PROBLEM_INSIDE_TRANSACTION, place->path,
					  place->line, "%s cannot be one of several statements of "
					  "a query", ban);
	else if (old->status == TRANSACTION_OPEN)
		problem_found(check->found, PROBLEM_INSIDE_TRANSACTION, place->path,
					  place->line, "%s cannot run inside a transaction "
					  "block%s", ban, check->mode == MODE_AROUND ?
					  ": write \"-- versioning: no-transaction\" to run the "
					  "file without one" : "");
	return ban;
}

/* Complain if the statement needs a transaction, and there is none. */
static void
check_need(TransactionCheck *check, const TransactionState *old,
		   const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;
	const char *need = statement->traits->need;

	if (need != NULL && old->status == TRANSACTION_NONE &&
		!old->is_manual && statement->siblings == 0)
		problem_found(check->found, PROBLEM_OUTSIDE_TRANSACTION, place->path,
					  place->line, "%s can only run inside a transaction "
					  "block, and there is none", need);
}

/* BEGIN: there should be no transaction yet. */
static void
see_begin(TransactionCheck *check, const TransactionState *old,
		  const ScriptPlace *place)
{
	if (old->status == TRANSACTION_OPEN && place->is_doubtful)
		return;
	if (old->status == TRANSACTION_OPEN)
		problem_found(check->found, PROBLEM_NOT_COMMITTED, place->path,
					  place->line, "the transaction that began in line %d is "
					  "not committed before this one begins", old->begin.line);
	start_transaction(check);
}

/*
 * COMMIT: if nothing was registered in the transaction that ends, it is apart
 * from the one in which something is.
 */
static void
see_commit(TransactionCheck *check, const TransactionState *old)
{
	const ScriptPlace *place = &check->work;

	if (check->mode == MODE_OWN && old->status == TRANSACTION_OPEN &&
		!is_nowhere(place) && is_nowhere(&check->registration))
		problem_found(check->found, PROBLEM_OUTSIDE_TRANSACTION, place->path,
					  place->line, "this transaction registers nothing, so it "
					  "is kept or lost without the one that does");
	start_transaction(check);
}

/* ROLLBACK: there should be no registration in what is lost. */
static void
see_rollback(TransactionCheck *check, const TransactionState *old,
			 const ScriptPlace *place)
{
	if (old->status == TRANSACTION_OPEN && !place->is_doubtful &&
		!is_nowhere(&check->registration))
		problem_found(check->found, PROBLEM_NOT_COMMITTED, place->path,
					  place->line, "the %s in line %d is rolled back",
					  call_name(check->is_removal), check->registration.line);
	start_transaction(check);
}

/* \connect ends the session, and what is open in it. */
static void
see_connect(TransactionCheck *check, const TransactionState *old,
			const ScriptPlace *place)
{
	if (old->status == TRANSACTION_OPEN && !place->is_doubtful)
	{
		problem_found(check->found, PROBLEM_NOT_COMMITTED, place->path,
					  place->line, "\\connect ends the connection before the "
					  "transaction is committed");
		check->is_outside = check->mode == MODE_AROUND;
	}
	forget_contents(check);
}

/* A statement is met, or what counts like one. */
static void
see_statement(TransactionCheck *check, const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;
	TransactionState old = check->transaction;
	const char *ban;

	script_transaction_follow(&check->transaction, statement);
	ban = check_ban(check, &old, statement);
	check_need(check, &old, statement);

	/* Without AUTOCOMMIT, any statement may begin a transaction */
	if (old.status == TRANSACTION_NONE &&
		check->transaction.status != TRANSACTION_NONE)
		start_transaction(check);

	switch (statement->traits->kind)
	{
		case STATEMENT_WORK:
			see_work(check, statement, ban);
			break;
		case STATEMENT_BEGIN:
			see_begin(check, &old, place);
			break;
		case STATEMENT_COMMIT:
			see_commit(check, &old);
			break;
		case STATEMENT_ROLLBACK:
			see_rollback(check, &old, place);
			break;
		case STATEMENT_PREPARE:
			if (!is_nowhere(&check->registration))
				check->prepared = *place;
			forget_contents(check);
			break;
		case STATEMENT_FINISH:
			check->prepared.line = 0;
			break;
		case STATEMENT_CONNECT:
			see_connect(check, &old, place);
			break;
		case STATEMENT_FLAW:
			/* What follows is not what it should be, nor is what is open */
			check->transaction.status = TRANSACTION_UNKNOWN;
			check->has_flaw = true;
			break;
		case STATEMENT_SETTING:
		case STATEMENT_SAVEPOINT:
		case STATEMENT_MANUAL:
		case STATEMENT_AUTOMATIC:
			break;
	}
}

/* Do not complain of what a comment disables in its file. */
static void
disable_problems(ProblemList *found, const ScriptOutline *outline)
{
	const SimpleStringListCell *name = outline->directives->disabled.head;
	const SimpleStringListCell *path = outline->directives->disabled_in.head;
	ProblemKind kind;

	for (; name != NULL; name = name->next, path = path->next)
		if (problem_kind(name->val, &kind))
			problem_disable(found, kind, path->val);
}

/* The script is over: nothing should be left to be committed. */
static void
check_end(TransactionCheck *check)
{
	const ScriptPlace *begin = &check->transaction.begin;

	if (check->mode != MODE_AROUND &&
		check->transaction.status == TRANSACTION_OPEN)
		problem_found(check->found, PROBLEM_NOT_COMMITTED, begin->path,
					  begin->line, "the transaction that begins here is not "
					  "committed");
	if (!is_nowhere(&check->prepared))
		problem_found(check->found, PROBLEM_NOT_COMMITTED,
					  check->prepared.path, check->prepared.line,
					  "the transaction that is prepared here is not "
					  "committed");
}

void
check_transactions(const ScriptOutline *outline, ProblemList *found)
{
	TransactionCheck check = {0};
	int			i;

	check.found = found;
	check.mode = outline->directives->no_transaction ? MODE_WITHOUT :
		outline->has_transaction ? MODE_OWN : MODE_AROUND;
	if (check.mode == MODE_AROUND)
		check.transaction.status = TRANSACTION_OPEN;
	disable_problems(found, outline);
	for (i = 0; i < outline->statement_count; i++)
		see_statement(&check, &outline->statements[i]);
	check_end(&check);
}
