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

/* Forget what is on, in favor of this. */
static void
change_status(ScriptRestriction *restriction, RestrictionStatus status,
			  char *key)
{
	pg_free(restriction->key);
	restriction->key = key;
	restriction->status = status;
}

/* Is it the key, as far as that can be known? */
static bool
is_key(const ScriptRestriction *restriction, const char *key)
{
	return key == NULL || restriction->key == NULL ||
		strcmp(key, restriction->key) == 0;
}

/* \unrestrict, or what psql refuses, while a restriction is on. */
static char *
obey_restricted(ScriptRestriction *restriction, const PsqlCommand *command)
{
	PsqlCommand rest = *command;
	RestrictionStatus status = RESTRICTION_UNKNOWN;
	char	   *refusal = NULL;
	char	   *key = NULL;

	if (command->action != PSQL_UNRESTRICT)
		refusal = psprintf("psql refuses this: only \\unrestrict can follow "
						   "the \\restrict in line %d",
						   restriction->begin.line);
	else if (!psql_argument_next(&rest, &key) || !is_key(restriction, key))
		refusal = psprintf("the key of \\unrestrict is not that of the "
						   "\\restrict in line %d", restriction->begin.line);
	else
		status = RESTRICTION_OFF;
	pg_free(key);
	change_status(restriction, status, NULL);
	return refusal;
}

char *
script_restriction_obey(ScriptRestriction *restriction,
						const ScriptPlace *place, const PsqlCommand *command)
{
	PsqlCommand rest = *command;
	bool		was_off = restriction->status == RESTRICTION_OFF;
	char	   *key;

	if (restriction->status == RESTRICTION_ON)
		return obey_restricted(restriction, command);
	if (command->action == PSQL_RESTRICT)
	{
		if (!psql_argument_next(&rest, &key) ||
			(key != NULL && *key == '\0'))
		{
			pg_free(key);
			change_status(restriction, RESTRICTION_UNKNOWN, NULL);
			return pg_strdup("\\restrict lacks its key");
		}
		restriction->begin = *place;
		change_status(restriction, place->is_doubtful ? RESTRICTION_UNKNOWN :
					  RESTRICTION_ON, key);
	}
	else if (command->action == PSQL_UNRESTRICT && !place->is_doubtful)
	{
		change_status(restriction, was_off ? RESTRICTION_UNKNOWN :
					  RESTRICTION_OFF, NULL);
		return !was_off ? NULL :
			pg_strdup("\\unrestrict stands here without \\restrict");
	}
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
