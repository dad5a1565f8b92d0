/*-------------------------------------------------------------------------
 *
 * base/settings.c
 *		What a session may SET.
 *
 * versioning.source_file and versioning.source_sha256 are what a program that
 * runs a file says of it; the history has them in the row of what is
 * registered then.  They are hearsay, and meant for those who want to compare
 * the file with what was applied.
 *
 * versioning.bypass_guard is for superusers, and those whom they have granted
 * it (GRANT SET ON PARAMETER, since version 15).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "mb/pg_wchar.h"
#include "utils/guc.h"

/* The strings are the server's and never NULL once they are defined. */
static char *source_file = NULL;
static char *source_sha256 = NULL;
static bool bypass_guard = false;

/* A SHA-256 has 64 hexadecimal digits.  Empty says that there is none. */
static bool
check_sha256(char **value, void **extra pg_attribute_unused(),
			 GucSource source pg_attribute_unused())
{
	size_t		length = strspn(*value, "0123456789abcdefABCDEF");

	if ((length == 0 || length == 64) && (*value)[length] == '\0')
		return true;
	GUC_check_errdetail("A SHA-256 is written as 64 hexadecimal digits.");
	return false;
}

void
settings_define(void)
{
	DefineCustomStringVariable("versioning.source_file",
							   "The file that the session runs.",
							   "It is written to _v.history with the patches "
							   "that are registered or taken back.",
							   &source_file, "", PGC_USERSET, 0,
							   NULL, NULL, NULL);
	DefineCustomStringVariable("versioning.source_sha256",
							   "The SHA-256 of the file that the session "
							   "runs.",
							   "It is written to _v.history with the patches "
							   "that are registered or taken back.",
							   &source_sha256, "", PGC_USERSET, 0,
							   check_sha256, NULL, NULL);
	DefineCustomBoolVariable("versioning.bypass_guard",
							 "Lets changes outside a patch pass the guard.",
							 "Each of them is written to _v.history.",
							 &bypass_guard, false, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	compat_reserve_prefix("versioning");
}

/* The value of a string that may be empty, or NULL. */
static const char *
value_or_null(const char *value)
{
	return value == NULL || *value == '\0' ? NULL : value;
}

/*
 * What comes with the connection, as PGOPTIONS does, is not checked by the
 * server: if it is no text in this database, it would spoil a dump of it.
 */
const char *
settings_source_file(void)
{
	const char *file = value_or_null(source_file);

	if (file == NULL || pg_verifymbstr(file, strlen(file), true))
		return file;
	ereport(WARNING,
			(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
			 errmsg("versioning.source_file is not written to history, "
					"for it is not valid in encoding \"%s\"",
					GetDatabaseEncodingName())));
	return NULL;
}

const char *
settings_source_sha256(void)
{
	return value_or_null(source_sha256);
}

bool
settings_bypass_guard(void)
{
	return bypass_guard;
}
