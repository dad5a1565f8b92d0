/*-------------------------------------------------------------------------
 *
 * script/restriction.h
 *		Whether psql refuses meta-commands, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_RESTRICTION_H
#define SCRIPT_RESTRICTION_H

#include "psql/command.h"
#include "script/statement.h"

typedef enum RestrictionStatus
{
	RESTRICTION_OFF,
	RESTRICTION_ON,
	RESTRICTION_UNKNOWN			/* it depends on an \if; or a script failed */
} RestrictionStatus;

/* A zeroed one is that at the beginning of a script. */
typedef struct ScriptRestriction
{
	RestrictionStatus status;
	ScriptPlace begin;			/* of \restrict, while it is on */
	char	   *key;			/* what it takes to end it, if that is known */
} ScriptRestriction;

/*
 * A meta-command is met.  Returns NULL if it can be run, or why not, to be
 * freed by the caller; nothing is said of what follows then.
 */
extern char *script_restriction_obey(ScriptRestriction *restriction,
									 const ScriptPlace *place,
									 const PsqlCommand *command);

/*
 * The script is over.  Returns NULL if it leaves psql as it was, or what is
 * wrong with the place where the restriction begins.
 */
extern const char *script_restriction_end(ScriptRestriction *restriction);

#endif							/* SCRIPT_RESTRICTION_H */
