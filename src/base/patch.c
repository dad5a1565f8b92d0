/*-------------------------------------------------------------------------
 *
 * base/patch.c
 *		A patch, as its registration names it: the arguments of the functions.
 *
 * A NULL or empty name can only be a mistake, so it is refused wherever it
 * stands, with the name of the argument in the message.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/patch.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"

/* Raises 22023 if the name is empty; where says which one it is. */
static void
check_not_empty(const text *name, const char *where)
{
	if (VARSIZE_ANY_EXHDR(name) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be empty", where),
				 errhint("Give the name of a patch.")));
}

/* Raises 22004; where says what was NULL. */
static void
report_null(const char *where)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s must not be null", where),
			 errhint("Give the name of a patch.")));
}

text *
patch_name_argument(FunctionCallInfo fcinfo)
{
	text	   *name;

	if (PG_ARGISNULL(0))
		report_null("in_patch_name");
	name = PG_GETARG_TEXT_PP(0);
	check_not_empty(name, "in_patch_name");
	return name;
}

/*
 * An argument that is an array of names.  If it is NULL, or the function was
 * called without it, there are none.  Raises 2202E if the array has more than
 * one dimension, 22004 and 22023 for a NULL or empty element.
 */
static PatchNames
names_argument(FunctionCallInfo fcinfo, int number, const char *argument)
{
	PatchNames	names = {0};
	bool	   *nulls;

	if (number >= PG_NARGS() || PG_ARGISNULL(number))
	{
		names.array = construct_empty_array(TEXTOID);
		return names;
	}

	names.array = PG_GETARG_ARRAYTYPE_P(number);
	if (ARR_NDIM(names.array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", argument),
				 errdetail("It has %d dimensions.", ARR_NDIM(names.array))));

	deconstruct_array(names.array, TEXTOID, -1, false, TYPALIGN_INT,
					  &names.names, &nulls, &names.count);
	for (int i = 0; i < names.count; i++)
	{
		if (nulls[i])
			report_null(psprintf("element %d of %s", i + 1, argument));
		if (VARSIZE_ANY_EXHDR(DatumGetPointer(names.names[i])) == 0)
			check_not_empty(DatumGetTextPP(names.names[i]),
							psprintf("element %d of %s", i + 1, argument));
	}

	/* Stored from 1: '[5:6]={a,b}' is '{a,b}'. */
	if (names.count > 0 && ARR_LBOUND(names.array)[0] != 1)
		names.array = construct_array(names.names, names.count, TEXTOID, -1,
									  false, TYPALIGN_INT);
	return names;
}

Patch
patch_arguments(FunctionCallInfo fcinfo)
{
	Patch		patch;

	patch.name = patch_name_argument(fcinfo);
	patch.requires = names_argument(fcinfo, 1, "in_requirements");
	patch.conflicts = names_argument(fcinfo, 2, "in_conflicts");
	return patch;
}
