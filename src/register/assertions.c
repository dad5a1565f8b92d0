/*-------------------------------------------------------------------------
 *
 * register/assertions.c
 *		Functions that raise unless something holds, for the top of a script.
 *
 * Each returns a line that says what was found in order.  The messages are
 * those of depesz's Versioning, with its SQLSTATE P0001 (raise_exception).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/patch.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "register/register.h"
#include "register/rules.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

PG_FUNCTION_INFO_V1(versioning_assert_patch_is_applied);
PG_FUNCTION_INFO_V1(versioning_assert_user_is_superuser);
PG_FUNCTION_INFO_V1(versioning_assert_user_is_not_superuser);
PG_FUNCTION_INFO_V1(versioning_assert_user_is_one_of);

/* _v.assert_patch_is_applied(text) */
Datum
versioning_assert_patch_is_applied(PG_FUNCTION_ARGS)
{
	text	   *name = patch_name_argument(fcinfo);
	Register   *reg = register_open(ACL_SELECT);

	register_rules_check_applied(reg, name);
	register_close(reg);
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("Patch %s is applied.",
											  text_to_cstring(name))));
}

/* _v.assert_user_is_superuser() */
Datum
versioning_assert_user_is_superuser(PG_FUNCTION_ARGS pg_attribute_unused())
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Current user is not superuser - cannot continue.")));
	PG_RETURN_TEXT_P(cstring_to_text("assert_user_is_superuser: OK"));
}

/* _v.assert_user_is_not_superuser() */
Datum
versioning_assert_user_is_not_superuser(PG_FUNCTION_ARGS
										pg_attribute_unused())
{
	if (superuser())
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Current user is superuser - cannot continue.")));
	PG_RETURN_TEXT_P(cstring_to_text("assert_user_is_not_superuser: OK"));
}

/* _v.assert_user_is_one_of(VARIADIC text[]) */
Datum
versioning_assert_user_is_one_of(PG_FUNCTION_ARGS)
{
	const char *user = GetUserNameFromId(GetUserId(), false);
	Datum		users;
	Datum	   *names;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("p_acceptable_users must not be null")));
	users = PG_GETARG_DATUM(0);

	deconstruct_array(DatumGetArrayTypeP(users), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i] && strcmp(TextDatumGetCString(names[i]), user) == 0)
			PG_RETURN_TEXT_P(cstring_to_text("assert_user_is_one_of: OK"));

	ereport(ERROR,
			(errcode(ERRCODE_RAISE_EXCEPTION),
			 errmsg("User is not one of: %s - cannot continue.",
					OidOutputFunctionCall(F_ARRAY_OUT, users))));
	PG_RETURN_NULL();			/* keep the compiler quiet */
}
