/*-------------------------------------------------------------------------
 *
 * versioning.c
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

#include "current_patch.h"
#include "guard.h"
#include "history.h"
#include "nodes/execnodes.h"
#include "patch.h"
#include "registry.h"
#include "rules.h"
#include "settings.h"
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
	settings_define();
	current_patch_init();
	guard_init();
}

/* Writes history, and from now on the session is in the patch. */
static void
begin_patch(HistoryEvent event, const Patch *patch)
{
	int64		id = history_add(event, patch, NULL);

	current_patch_begin(id, text_to_cstring(patch->name),
						event == HISTORY_TAKEN_BACK);
}

/*
 * Registers the patch, or says why not: at ERROR by raising, below that by
 * returning false.
 */
static bool
register_patch(const Patch *patch, int elevel)
{
	Registry   *registry = registry_open(ACL_INSERT);
	bool		admitted = rules_admit(registry, patch, elevel);

	if (admitted)
	{
		registry_insert(registry, patch->name,
						patch->requires.array, patch->conflicts.array);
		begin_patch(HISTORY_APPLIED, patch);
	}
	registry_close(registry);
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
	Registry   *registry = registry_open(ACL_DELETE);

	rules_check_removable(registry, patch.name);
	patch.requires.array = registry_names(registry, COLUMN_REQUIRES);
	patch.conflicts.array = registry_names(registry, COLUMN_CONFLICTS);
	registry_delete(registry, patch.name);
	begin_patch(HISTORY_TAKEN_BACK, &patch);
	registry_close(registry);
	return no_rows(fcinfo);
}
