/*-------------------------------------------------------------------------
 *
 * script/restriction.c
 *		Whether psql refuses meta-commands, as a script goes on
 *
 * A dump begins with \restrict and a key.  From there on psql refuses all
 * meta-commands but \unrestrict with the same key, so that nothing in a dump
 * can be one.  What is refused is the end of a script that stops at errors,
 * and who leaves psql like that can give it nothing more to do.
 *
 * What the releases of psql before August 2025, which know neither of the
 * two, make of a script is not looked at here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/argument.h"
#include "script/restriction.h"

/* Is it the command of that name? */
static bool
is_command(const PsqlCommand *command, const char *name)
{
	size_t		length = command->arguments - command->name;

	return length == strlen(name) &&
		memcmp(command->name, name, length) == 0;
}

/* The key, to be freed by the caller, or NULL; false if there is none. */
static bool
read_key(const PsqlCommand *command, char **key)
{
	PsqlCommand rest = *command;

	return psql_argument_next(&rest, key) && (*key == NULL || **key != '\0');
}

/* Forget what is on, in favor of this. */
static void
change_status(ScriptRestriction *restriction, RestrictionStatus status,
			  char *key)
{
	pg_free(restriction->key);
	restriction->key = key;
	restriction->status = status;
}

/* \restrict, where it is not on. */
static char *
begin(ScriptRestriction *restriction, const ScriptPlace *place,
	  const PsqlCommand *command)
{
	char	   *key;

	if (!read_key(command, &key))
	{
		pg_free(key);
		change_status(restriction, RESTRICTION_UNKNOWN, NULL);
		return pg_strdup("\\restrict lacks its key");
	}
	restriction->begin = *place;
	change_status(restriction, place->is_doubtful ? RESTRICTION_UNKNOWN :
				  RESTRICTION_ON, key);
	return NULL;
}

/* \unrestrict, where it is on. */
static char *
end(ScriptRestriction *restriction, const PsqlCommand *command)
{
	char	   *key;
	bool		is_good = read_key(command, &key) &&
		(key == NULL || restriction->key == NULL ||
		 strcmp(key, restriction->key) == 0);

	pg_free(key);
	change_status(restriction, is_good ? RESTRICTION_OFF :
				  RESTRICTION_UNKNOWN, NULL);
	return is_good ? NULL :
		psprintf("the key of \\unrestrict is not that of the \\restrict in "
				 "line %d", restriction->begin.line);
}

char *
script_restriction_obey(ScriptRestriction *restriction,
						const ScriptPlace *place, const PsqlCommand *command)
{
	bool		is_end = is_command(command, "unrestrict");

	if (restriction->status == RESTRICTION_ON)
	{
		if (is_end)
			return end(restriction, command);
		change_status(restriction, RESTRICTION_UNKNOWN, NULL);
		return psprintf("psql refuses this: only \\unrestrict can follow the "
						"\\restrict in line %d", restriction->begin.line);
	}
	if (is_command(command, "restrict"))
		return begin(restriction, place, command);
	if (is_end && restriction->status == RESTRICTION_OFF &&
		!place->is_doubtful)
	{
		change_status(restriction, RESTRICTION_UNKNOWN, NULL);
		return pg_strdup("\\unrestrict stands here without \\restrict");
	}
	if (is_end && !place->is_doubtful)
		change_status(restriction, RESTRICTION_OFF, NULL);
	return NULL;
}

const char *
script_restriction_end(ScriptRestriction *restriction)
{
	bool		is_on = restriction->status == RESTRICTION_ON;

	change_status(restriction, RESTRICTION_UNKNOWN, NULL);
	return is_on ? "no \\unrestrict follows this \\restrict, so psql would "
		"refuse to go on after the script" : NULL;
}
