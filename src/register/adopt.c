/*-------------------------------------------------------------------------
 *
 * register/adopt.c
 *		_v.adopt_patches(): history of the patches that are in the register
 *		before the extension is.
 *
 * The install script calls it.  No query does that: one would be planned, as
 * the superuser as whom the script runs, with all that the table's owner has
 * put on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/extension.h"
#include "history/history.h"
#include "register/register.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(versioning_adopt_patches);

/* Which of two registered patches was applied first?  For list_sort(). */
static int
compare_applied(const ListCell *a, const ListCell *b)
{
	const RegisteredPatch *one = lfirst(a);
	const RegisteredPatch *other = lfirst(b);

	if (one->applied_at != other->applied_at)
		return one->applied_at < other->applied_at ? -1 : 1;
	return strcmp(text_to_cstring(one->patch.name),
				  text_to_cstring(other->patch.name));
}

/* Adds a row to history for each patch, in the order they were applied. */
Datum
versioning_adopt_patches(PG_FUNCTION_ARGS pg_attribute_unused())
{
	List	   *patches;
	ListCell   *lc;

	if (!creating_extension)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("patches are adopted by CREATE EXTENSION only")));
	patches = register_all();
	list_sort(patches, compare_applied);
	foreach(lc, patches)
	{
		const RegisteredPatch *patch = lfirst(lc);

		history_add_adopted(&patch->patch, patch->applied_by);
	}
	PG_RETURN_VOID();
}
