/*-------------------------------------------------------------------------
 *
 * sandbox/mark.h
 *		How we know the databases that we have made
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_MARK_H
#define SANDBOX_MARK_H

#include "libpq-fe.h"

/* What all marks begin with, up to the first comma */
#define SANDBOX_MARK "Made by versioning (may be dropped)"

/* What a database is for */
#define SANDBOX_MARK_TEMPLATE "template"	/* to be copied */
#define SANDBOX_MARK_SANDBOX "sandbox"	/* for somebody to play in */
#define SANDBOX_MARK_RUN "run"	/* for a command, and dropped after it */

/*
 * Is it safe to use a database with that owner, who may have put anything into
 * it?  It is if the owner is the user, or could do worse: a superuser, or the
 * owner of the database that sandboxes are made for, for whom the user acts.
 */
#define SANDBOX_MARK_IS_SAFE(owner) \
	"EXISTS (SELECT FROM pg_catalog.pg_roles o WHERE o.oid = " owner \
	" AND (o.rolsuper OR o.rolname = CURRENT_USER" \
	"  OR pg_catalog.pg_has_role(o.oid, 'USAGE')" \
	"   AND o.oid = (SELECT t.datdba FROM pg_catalog.pg_database t" \
	"    WHERE t.datname = pg_catalog.current_database())))"

/* Hexadecimal digits of what a database is made of, as a string */
typedef char SandboxDigits[17];

/* The columns of what is known of databases */
enum
{
	SANDBOX_MARK_NAME,
	SANDBOX_MARK_KIND,
	SANDBOX_MARK_DIGITS,
	SANDBOX_MARK_CONTENT,		/* what it is made of, in words */
	SANDBOX_MARK_MADE,			/* when, in ISO format */
	SANDBOX_MARK_BY,			/* the role that has had it made */
	SANDBOX_MARK_OWNER,
	SANDBOX_MARK_SESSIONS,		/* how many there are in it */
	SANDBOX_MARK_MORE			/* more columns */
};

/*
 * The databases that we have made and for which a condition holds, in which $1
 * is the parameter unless that is NULL; with more columns, each after a comma.
 * Returns NULL after a message; else the caller clears the result.
 *
 * The condition is about m, whose columns are oid, name, kind, digits,
 * content, made, session (the number of the process that made it), owner,
 * sessions, is_own: the user may drop it, and is_safe: see above.  All of them
 * are in "marks".
 */
extern PGresult *sandbox_mark_read(PGconn *conn, const char *more,
								   const char *condition,
								   const char *parameter);

/*
 * Mark a database as one that we have made, and give it that name.  A template
 * does not let anyone in any more.  Returns false after a message.
 */
extern bool sandbox_mark_set(PGconn *conn, const char *database,
							 const char *name, const char *kind,
							 const char *digits, const char *content);

#endif							/* SANDBOX_MARK_H */
