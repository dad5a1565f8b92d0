/*-------------------------------------------------------------------------
 *
 * register/versioning.c
 *		The register of the patches applied to a database: SQL entry points.
 *
 * A patch is a psql script.  Its first statement registers it, in the same
 * transaction in which the rest of it runs: both commit together or neither
 * does.
 *
 * What was done without a patch can be marked: the patch is in the register,
 * and nothing has run.  The session is in no patch by that, so that a mark is
 * no leave to change anything.
 *
 * The idea, the names and the messages are those of depesz's Versioning,
 * https://www.depesz.com/2010/08/22/versioning/
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/patch.h"
#include "base/settings.h"
#include "dependents/memory.h"
#include "guard/guard.h"
#include "history/current.h"
#include "history/history.h"
#include "jobs/cancel.h"
#include "jobs/bounds.h"
#include "jobs/settings.h"
#include "nodes/execnodes.h"
#include "register/progress.h"
#include "register/rules.h"
#include "register/register.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

PG_FUNCTION_INFO_V1(versioning_register_patch);
PG_FUNCTION_INFO_V1(versioning_try_register_patch);
PG_FUNCTION_INFO_V1(versioning_unregister_patch);
PG_FUNCTION_INFO_V1(versioning_mark_patch);
PG_FUNCTION_INFO_V1(versioning_unmark_patch);
PG_FUNCTION_INFO_V1(versioning_accept_patch);

/* When the library is loaded */
void
_PG_init(void)
{
	jobs_settings_define();
	jobs_bounds_init();
	settings_define();
	history_current_init();
	guard_init();
	dependents_memory_init();
}

/* Writes history, and from now on the session is in the patch. */
static void
begin_patch(HistoryEvent event, const Patch *patch)
{
	int64		id = history_add(event, patch, NULL);

	history_current_begin(id, text_to_cstring(patch->name),
						  event == HISTORY_TAKEN_BACK);
}

/*
 * Registers the patch, or says why not: at ERROR by raising, below that by
 * returning false.
 */
static bool
register_patch(const Patch *patch, int elevel)
{
	Register   *reg = register_open(ACL_INSERT);
	bool		admitted = register_rules_admit(reg, patch, elevel);

	if (admitted)
	{
		register_insert(reg, patch->name,
						patch->requires.array, patch->conflicts.array);
		begin_patch(HISTORY_APPLIED, patch);
	}
	register_close(reg);
	return admitted;
}

/*
 * The result of a function that returns a set and no row of it, so that psql
 * prints no empty line.
 */
static Datum
no_rows(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;

	if (set == NULL || !IsA(set, ReturnSetInfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context "
						"that cannot accept a set")));
	set->isDone = ExprEndResult;
	PG_RETURN_NULL();
}

/* _v.register_patch, in its three arities */
Datum
versioning_register_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = patch_arguments(fcinfo);

	register_patch(&patch, ERROR);
	return no_rows(fcinfo);
}

/* _v.try_register_patch(text, text[], text[]) */
Datum
versioning_try_register_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = patch_arguments(fcinfo);

	PG_RETURN_BOOL(register_patch(&patch, WARNING));
}

/* What the register says of the patch that it was asked for last. */
static void
read_names(Register *reg, Patch *patch)
{
	patch->requires.array = register_names(reg, COLUMN_REQUIRES);
	patch->conflicts.array = register_names(reg, COLUMN_CONFLICTS);
}

/* Takes the patch out of the register, with all that belongs to it. */
static void
remove_patch(Register *reg, Patch *patch)
{
	register_rules_check_removable(reg, patch->name);
	read_names(reg, patch);
	register_delete(reg, patch->name);
	register_progress_forget(patch->name);
	jobs_cancel_of_patch(text_to_cstring(patch->name));
}

/* _v.unregister_patch(text) */
Datum
versioning_unregister_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = {.name = patch_name_argument(fcinfo)};
	Register   *reg = register_open(ACL_DELETE);

	remove_patch(reg, &patch);
	begin_patch(HISTORY_TAKEN_BACK, &patch);
	register_close(reg);
	return no_rows(fcinfo);
}

/*
 * Raises 55000 if the session is in the patch: what it changes is of a patch
 * whose place in the register the mark would turn into its opposite.
 */
static void
check_not_current(const text *name)
{
	const CurrentPatch *current = history_current_get();
	const char *printable = text_to_cstring(name);

	if (current != NULL && strcmp(current->name, printable) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("patch \"%s\" cannot be marked or unmarked by a "
						"session that is in it", printable),
				 errhint("Do it in a session of its own.")));
}

/* _v.mark_patch(text, text[], text[]) */
Datum
versioning_mark_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = patch_arguments(fcinfo);
	Register   *reg = register_open(ACL_INSERT);

	check_not_current(patch.name);
	register_rules_admit(reg, &patch, ERROR);
	register_insert(reg, patch.name,
					patch.requires.array, patch.conflicts.array);

	/* Who marks it says that it is all there, whatever was begun of it */
	register_progress_forget(patch.name);
	(void) history_add(HISTORY_MARKED, &patch, NULL);
	register_close(reg);
	PG_RETURN_VOID();
}

/* _v.unmark_patch(text) */
Datum
versioning_unmark_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = {.name = patch_name_argument(fcinfo)};
	Register   *reg = register_open(ACL_DELETE);

	check_not_current(patch.name);
	remove_patch(reg, &patch);
	(void) history_add(HISTORY_UNMARKED, &patch, NULL);
	register_close(reg);
	PG_RETURN_VOID();
}

/* _v.accept_patch(text) */
Datum
versioning_accept_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = {.name = patch_name_argument(fcinfo)};
	Register   *reg = register_open(ACL_INSERT);

	register_rules_check_applied(reg, patch.name);
	if (settings_source_sha256() == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("versioning.source_sha256 is not set"),
				 errhint("SET it to the SHA-256 of the file that is "
						 "accepted, as \"versioning accept\" does.")));
	read_names(reg, &patch);
	(void) history_add(HISTORY_ACCEPTED, &patch, NULL);
	register_close(reg);
	PG_RETURN_VOID();
}
