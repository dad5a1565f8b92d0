/*-------------------------------------------------------------------------
 *
 * register/versioning.c
 *		The register of the patches applied to a database: SQL entry points.
 *
 * A patch is a psql script.  Its first statement registers it, in the same
 * transaction in which the rest of it runs: both commit together or neither
 * does.
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

/* _v.unregister_patch(text) */
Datum
versioning_unregister_patch(PG_FUNCTION_ARGS)
{
	Patch		patch = {.name = patch_name_argument(fcinfo)};
	Register   *reg = register_open(ACL_DELETE);

	register_rules_check_removable(reg, patch.name);
	patch.requires.array = register_names(reg, COLUMN_REQUIRES);
	patch.conflicts.array = register_names(reg, COLUMN_CONFLICTS);
	register_delete(reg, patch.name);
	register_progress_forget(patch.name);
	jobs_cancel_of_patch(text_to_cstring(patch.name));
	begin_patch(HISTORY_TAKEN_BACK, &patch);
	register_close(reg);
	return no_rows(fcinfo);
}
