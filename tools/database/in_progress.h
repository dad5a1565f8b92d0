/*-------------------------------------------------------------------------
 *
 * database/in_progress.h
 *		Sessions that are in a patch outside a transaction block
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_IN_PROGRESS_H
#define DATABASE_IN_PROGRESS_H

#include "libpq-fe.h"

/*
 * An expression of SQL: is there a relation of that name in schema _v, of this
 * extension?  Only this one has the function.  To look for the columns would
 * be the first query of the session to be planned, which takes ten times as
 * long.
 */
#define IN_PROGRESS_HAS_RELATION(name) \
	"(pg_catalog.to_regclass('_v." name "') IS NOT NULL AND" \
	" pg_catalog.to_regprocedure('_v.refuse_to_forge()') IS NOT NULL)"

/* Can in_progress_read() be called? */
#define IN_PROGRESS_IS_KNOWN IN_PROGRESS_HAS_RELATION("in_progress")

/*
 * Another one, where that is so: may there be any sessions to read?  It takes
 * much less than the view, which tells of these locks.
 */
#define IN_PROGRESS_IS_POSSIBLE \
	"EXISTS (SELECT FROM pg_catalog.pg_lock_status() AS l" \
	" WHERE l.classid = '_v.history'::pg_catalog.regclass)"

/* A session, and the patch that it is in */
typedef struct PatchSession
{
	const char *name;			/* all of it lives in the result */
	bool		takes_back;		/* else it applies the patch */
	const char *pid;
	const char *role;
	const char *application;
	const char *since;			/* timestamptz, for people */
	const char *since_iso;		/* and in ISO format */
} PatchSession;

/* A zeroed one is empty. */
typedef struct InProgress
{
	PGresult   *result;
	PatchSession *sessions;		/* in the order in which they began */
	int			count;
} InProgress;

/*
 * Read which sessions there are besides that of the connection; if there are
 * any, that takes half a second.  Returns false after a message.  Free the
 * list with in_progress_free.
 */
extern bool in_progress_read(PGconn *conn, InProgress *list);

/* Free what the list holds. */
extern void in_progress_free(InProgress *list);

/*
 * A session in words: a process and, as far as they are not empty, its role,
 * its application, and since when.  The caller frees the text.
 */
extern char *in_progress_describe(const char *pid, const char *role,
								  const char *application,
								  const char *since);

/* What a session does to its patch, in words; the caller frees the text. */
extern char *in_progress_explain(const PatchSession *session);

#endif							/* DATABASE_IN_PROGRESS_H */
