/*-------------------------------------------------------------------------
 *
 * base/settings.c
 *		What a session may SET.
 *
 * versioning.source_file, versioning.source_sha256 and versioning.revision are
 * what a program that runs a file says of it, versioning.os_user and
 * versioning.host what it says of who runs it, and where; the history has
 * them in the row of what is registered then.  They are hearsay, and meant for
 * anyone who wants to compare the file with what was applied, or to ask
 * whoever did it.
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
static char *revision = NULL;
static char *os_user = NULL;
static char *host = NULL;
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

/* Defines a setting that history keeps; the check may be NULL. */
static void
define_text(const char *name, const char *description, char **value,
			GucStringCheckHook check)
{
	DefineCustomStringVariable(name, description,
							   "It is written to _v.history with the patches "
							   "that are registered or taken back.",
							   value, "", PGC_USERSET, 0, check, NULL, NULL);
}

void
settings_define(void)
{
	define_text("versioning.source_file", "The file that the session runs.",
				&source_file, NULL);
	define_text("versioning.source_sha256",
				"The SHA-256 of the file that the session runs.",
				&source_sha256, check_sha256);
	define_text("versioning.revision",
				"What the version control calls that file's state.",
				&revision, NULL);
	define_text("versioning.os_user",
				"The operating system's user who runs it.", &os_user, NULL);
	define_text("versioning.host", "The machine on which it is run.",
				&host, NULL);
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
 * The same for one whose bytes may be any.  What comes with the connection, as
 * PGOPTIONS does, is not checked by the server: if it is no text in this
 * database, it would spoil a dump of it.
 */
static const char *
text_or_null(const char *name, const char *value)
{
	value = value_or_null(value);
	if (value == NULL || pg_verifymbstr(value, strlen(value), true))
		return value;
	ereport(WARNING,
			(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
			 errmsg("%s is not written to history, "
					"for it is not valid in encoding \"%s\"",
					name, GetDatabaseEncodingName())));
	return NULL;
}

const char *
settings_source_file(void)
{
	return text_or_null("versioning.source_file", source_file);
}

const char *
settings_source_sha256(void)
{
	return value_or_null(source_sha256);
}

const char *
settings_revision(void)
{
	return text_or_null("versioning.revision", revision);
}

const char *
settings_os_user(void)
{
	return text_or_null("versioning.os_user", os_user);
}

const char *
settings_host(void)
{
	return text_or_null("versioning.host", host);
}

bool
settings_bypass_guard(void)
{
	return bypass_guard;
}
