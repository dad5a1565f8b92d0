/*-------------------------------------------------------------------------
 *
 * register/attempts.c
 *		Noting an attempt to apply patches: the SQL entry point.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "history/attempts.h"
#include "register/register.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(versioning_note_attempt);

/* The privilege for the action.  Raises 22004 or 22023 if that is none. */
static AclMode
find_privilege(FunctionCallInfo fcinfo)
{
	const char *action;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("in_action must not be null")));
	action = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (strcmp(action, "apply") != 0 && strcmp(action, "rollback") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("action \"%s\" is not known", action),
				 errhint("It is \"apply\" or \"rollback\".")));
	return strcmp(action, "apply") == 0 ? ACL_INSERT : ACL_DELETE;
}

/* _v.note_attempt(...) */
Datum
versioning_note_attempt(PG_FUNCTION_ARGS)
{
	register_check_privilege(find_privilege(fcinfo));
	PG_RETURN_INT64(history_attempts_add(fcinfo));
}
