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

#include "nodes/execnodes.h"
#include "patch.h"
#include "registry.h"
#include "rules.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(versioning_register_patch);
PG_FUNCTION_INFO_V1(versioning_try_register_patch);
PG_FUNCTION_INFO_V1(versioning_unregister_patch);

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
		registry_insert(registry, patch->name,
						patch->requires.array, patch->conflicts.array);
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
	text	   *name = patch_name_argument(fcinfo);
	Registry   *registry = registry_open(ACL_DELETE);

	rules_check_removable(registry, name);
	registry_delete(registry, name);
	registry_close(registry);
	return no_rows(fcinfo);
}
