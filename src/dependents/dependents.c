/*-------------------------------------------------------------------------
 *
 * dependents/dependents.c
 *		What depends on a relation or column, dropped and restored: SQL entry
 *		points.
 *
 * The SQL functions read the catalogs and write the statements; see
 * sql/install/dependents.sql.  Here those are remembered, and run.
 *
 * A definition is what its owner has written, and to make an object again may
 * run code of that owner: a generated column is computed, a constraint is
 * checked, and even a constant of a view is read by the constraints of a
 * domain.  So each statement is run as the owner, restricted as PostgreSQL
 * restricts the making of an index.  Nobody gains anything by that: a caller
 * who could not SET ROLE to the owner is refused, and a role restores only
 * what it has dropped itself, so that what one role has had remembered another
 * one never runs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_type.h"
#include "changes/journal.h"
#include "dependents/memory.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(versioning_lock_dependent);
PG_FUNCTION_INFO_V1(versioning_remember_dependent);
PG_FUNCTION_INFO_V1(versioning_restore_dependents);
PG_FUNCTION_INFO_V1(versioning_forget_dependents);

/*
 * _v.lock_dependent(oid), so that a definition that is read is the one that is
 * dropped.  Takes the lock that dropping it, or a part of it, takes.
 */
Datum
versioning_lock_dependent(PG_FUNCTION_ARGS)
{
	Oid			relation = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		PG_RETURN_VOID();
	if (!compat_owns_relation(relation, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER,
					   get_relkind_objtype(get_rel_relkind(relation)), name);
	LockRelationOid(relation, AccessExclusiveLock);
	PG_RETURN_VOID();
}

/* Raises 42501 if the current user may not act as the role. */
static void
check_role(Oid role, const Dependent *dependent)
{
	if (role == InvalidOid || role == GetUserId() ||
		compat_can_set_role(GetUserId(), role))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("must be able to SET ROLE \"%s\" to restore %s %s",
					GetUserNameFromId(role, false), dependent->type,
					dependent->identity)));
}

/* A text argument, or NULL. */
static char *
string_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL :
		text_to_cstring(PG_GETARG_TEXT_PP(number));
}

/* An argument that is an array without NULLs.  Raises 22004 for any other. */
static Datum *
array_argument(FunctionCallInfo fcinfo, int number, Oid type, int *count)
{
	Datum	   *values = NULL;
	bool	   *nulls;
	int16		length;
	bool		by_value;
	char		alignment;

	*count = 0;
	if (PG_ARGISNULL(number) ||
		array_contains_nulls(PG_GETARG_ARRAYTYPE_P(number)))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument %d must not be or contain null",
						number + 1)));
	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), type, length, by_value,
					  alignment, &values, &nulls, count);
	return values;
}

/* Fills in how to make the object again.  Raises 42501: see check_role(). */
static void
set_steps(Dependent *dependent, const Datum *roles, const Datum *statements)
{
	dependent->steps = palloc(sizeof(DependentStep) * dependent->step_count);
	for (int i = 0; i < dependent->step_count; i++)
	{
		dependent->steps[i].role = DatumGetObjectId(roles[i]);
		dependent->steps[i].statement = TextDatumGetCString(statements[i]);
		check_role(dependent->steps[i].role, dependent);
	}
}

/*
 * _v.remember_dependent(text, text, text, text, oid[], text[], text).  It may
 * be called by anyone, with anything: what is remembered is run as a role that
 * the caller could run it as, too.
 */
Datum
versioning_remember_dependent(PG_FUNCTION_ARGS)
{
	MemoryContext caller = MemoryContextSwitchTo(TopTransactionContext);
	Dependent  *dependent = palloc0(sizeof(Dependent));
	int			role_count;
	Datum	   *roles = array_argument(fcinfo, 4, OIDOID, &role_count);
	Datum	   *statements = array_argument(fcinfo, 5, TEXTOID,
											&dependent->step_count);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) ||
		role_count != dependent->step_count ||
		(role_count == 0 && !PG_ARGISNULL(6)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an object needs a type, an identity, and as many "
						"roles as statements")));
	dependent->type = string_argument(fcinfo, 0);
	dependent->identity = string_argument(fcinfo, 1);
	dependent->relation = string_argument(fcinfo, 2);
	dependent->tablespace = string_argument(fcinfo, 3);
	dependent->last_statement = string_argument(fcinfo, 6);
	dependent->dropped_by = GetUserId();
	set_steps(dependent, roles, statements);
	dependents_memory_add(dependent);
	MemoryContextSwitchTo(caller);
	PG_RETURN_VOID();
}

/* Raises 42501 if another role has dropped it. */
static void
check_dropper(const Dependent *dependent)
{
	if (dependent->dropped_by != GetUserId())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s %s was dropped by role \"%s\"",
						dependent->type, dependent->identity,
						GetUserNameFromId(dependent->dropped_by, false)),
				 errhint("Only that role restores it or gives it up.")));
}

/* What to do about an object that does not come back. */
static char *
forget_hint(const Dependent *dependent)
{
	return psprintf("Create it as it is to be now, and give up what was "
					"dropped: SELECT _v.forget_dependents(%s);",
					quote_literal_cstr(dependent->identity));
}

/* What to do about a statement that fails. */
static char *
failure_hint(const Dependent *dependent, int sqlstate, const char *role_name)
{
	return sqlstate != ERRCODE_INSUFFICIENT_PRIVILEGE ?
		forget_hint(dependent) :
		psprintf("Grant role \"%s\" what it lacks, restore, and revoke that. "
				 "Or else: %s", role_name, forget_hint(dependent));
}

/*
 * Reports the error that the statement has met: which object, which statement,
 * and as whom it was run.  What ends it on somebody's request, SQLSTATEs of
 * class 57, is reported as it is.
 */
static void
report_failure(const Dependent *dependent, const char *statement,
			   const char *role_name, MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) !=
		ERRCODE_OPERATOR_INTERVENTION)
	{
		error->message = psprintf("cannot restore %s %s: %s",
								  dependent->type, dependent->identity,
								  error->message);
		if (error->internalquery == NULL)
			error->internalquery = pstrdup(statement);
		if (error->detail == NULL)
			error->detail =
				psprintf("The statement was run as role \"%s\".", role_name);
		if (error->hint == NULL)
			error->hint = failure_hint(dependent, error->sqlerrcode,
									   role_name);
	}
	ReThrowError(error);
}

/*
 * Runs a statement as the role.  No setting that its code makes outlives it: a
 * search_path, above all, would be for the statements of other roles as well.
 * An error has role and settings restored, too.
 */
static void
run_as(Oid role, const char *statement)
{
	Oid			user;
	int			security;
	int			level = NewGUCNestLevel();

	GetUserIdAndSecContext(&user, &security);
	if (role != InvalidOid && role != user)
		SetUserIdAndSecContext(role, security | SECURITY_LOCAL_USERID_CHANGE |
							   SECURITY_RESTRICTED_OPERATION);
	if (SPI_execute(statement, false, 0) < 0)
		elog(ERROR, "SPI_execute failed");
	AtEOXact_GUC(false, level);
	SetUserIdAndSecContext(user, security);
}

/* The same, for an object; see report_failure(). */
static void
run_step(const Dependent *dependent, Oid role, const char *statement)
{
	MemoryContext context = CurrentMemoryContext;
	const char *role_name =
		GetUserNameFromId(OidIsValid(role) ? role : GetUserId(), true);

	if (role_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("cannot restore %s %s: a role that owned it, or had "
						"granted something on it, has been dropped",
						dependent->type, dependent->identity),
				 errhint("%s", forget_hint(dependent))));
	check_role(role, dependent);
	PG_TRY();
	{
		run_as(role, statement);
	}
	PG_CATCH();
	{
		report_failure(dependent, statement, role_name, context);
	}
	PG_END_TRY();
}

/* Makes an object again, with all its notes. */
static void
restore(Dependent *dependent)
{
	int			nest_level = NewGUCNestLevel();

	check_dropper(dependent);
	dependents_memory_settle(dependent);
	if (dependent->tablespace != NULL)
		(void) set_config_option("default_tablespace", dependent->tablespace,
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	for (int i = 0; i < dependent->step_count; i++)
		run_step(dependent, dependent->steps[i].role,
				 dependent->steps[i].statement);
	AtEOXact_GUC(true, nest_level);
}

/*
 * Makes again what was dropped, the last one first, and then fills it, when
 * all is there that a query may call.  Returns how many objects there were.
 */
static int
restore_all(void)
{
	List	   *restored = NIL;
	ListCell   *lc;

	for (Dependent *d = dependents_memory_latest(); d != NULL; d = d->before)
		if (dependents_memory_is_open(d))
		{
			restore(d);
			restored = lappend(restored, d);
		}
	foreach(lc, restored)
	{
		const Dependent *d = lfirst(lc);

		if (d->last_statement != NULL)
			run_step(d, d->steps[0].role, d->last_statement);
	}
	return list_length(restored);
}

/*
 * Sets what a definition may depend on to what it was composed for, until the
 * nest level of GUCs that is returned ends.
 */
static int
begin_settings(void)
{
	static const char *const settings[][2] = {
		{"search_path", "pg_catalog, pg_temp"},
		{"quote_all_identifiers", "off"},
		{"DateStyle", "ISO"},
		{"IntervalStyle", "postgres"},
		{"extra_float_digits", "3"},
		{"standard_conforming_strings", "on"},
		{"transform_null_equals", "off"},
		{"array_nulls", "on"},
		{"xmloption", "content"},
		{"check_function_bodies", "off"},
		{"default_tablespace", ""}
	};
	int			level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	return level;
}

/* _v.restore_dependents() */
Datum
versioning_restore_dependents(PG_FUNCTION_ARGS)
{
	volatile int count = 0;
	int			level = begin_settings();
	bool		was_restoring = changes_journal_set_restoring(true);

	SPI_connect();
	PG_TRY();
	{
		count = restore_all();
	}
	PG_FINALLY();
	{
		changes_journal_set_restoring(was_restoring);
	}
	PG_END_TRY();
	SPI_finish();
	AtEOXact_GUC(true, level);
	PG_RETURN_INT32(count);
}

/* Is this the name of the object, with or without its type? */
static bool
is_named(const Dependent *dependent, const char *name)
{
	return strcmp(dependent->identity, name) == 0 ||
		strcmp(psprintf("%s %s", dependent->type, dependent->identity),
			   name) == 0;
}

/* Gives up what has this name, and the parts of it.  Raises 42704 if none. */
static void
forget(const char *name)
{
	const Dependent *found = NULL;

	for (Dependent *d = dependents_memory_latest(); d != NULL; d = d->before)
	{
		if (!dependents_memory_is_open(d) || !is_named(d, name))
			continue;
		check_dropper(d);
		dependents_memory_settle(d);
		found = d;
	}
	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("\"%s\" is not among the dependents that are still "
						"to be restored", name)));
	for (Dependent *d = dependents_memory_latest(); d != NULL; d = d->before)
		if (dependents_memory_is_open(d) && d->relation != NULL &&
			strcmp(d->relation, found->identity) == 0 &&
			d->dropped_by == found->dropped_by)
			dependents_memory_settle(d);
}

/* _v.forget_dependents(text[]) */
Datum
versioning_forget_dependents(PG_FUNCTION_ARGS)
{
	int			count;
	Datum	   *names = array_argument(fcinfo, 0, TEXTOID, &count);

	for (int i = 0; i < count; i++)
		forget(TextDatumGetCString(names[i]));
	PG_RETURN_VOID();
}
