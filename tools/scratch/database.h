/*-------------------------------------------------------------------------
 *
 * scratch/database.h
 *		A database to try something in, like another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_DATABASE_H
#define SCRATCH_DATABASE_H

#include "libpq-fe.h"

/* What the names of all scratch databases begin with */
#define SCRATCH_DATABASE_PREFIX "versioning_rehearsal_"

typedef struct ScratchDatabase
{
	PGconn	   *target;			/* the database that it is like */
	char		name[64];
	PGconn	   *conn;			/* to the database itself, or NULL */
	PGresult   *cluster;		/* what was there when it was created, or
								 * NULL */
} ScratchDatabase;

/*
 * Can databases be created and used by this connection, as far as there is no
 * pooler in between?  Returns false after a message.
 */
extern bool scratch_database_is_possible(PGconn *conn);

/*
 * Create a database like that of the connection, or a copy of the template if
 * that is not NULL.  The strings and the connection must stay.  Returns NULL
 * after a message; else it is for the caller to drop it, whatever happens.
 */
extern ScratchDatabase *scratch_database_create(const char *argv0,
												const char *template,
												PGconn *target);

/*
 * Copy a template, by a name that needs no quotes, as fast as the server can,
 * for an owner, by the name as an identifier; with its settings and grants, if
 * it has any.  Nobody is connected to the copy.  Else the same.
 */
extern ScratchDatabase *scratch_database_copy(const char *template,
											  const char *owner,
											  bool has_settings,
											  PGconn *target);

/*
 * All that a database depends on which scratch_database_create() makes, as a
 * text that the caller frees; NULL after a message.
 */
extern char *scratch_database_describe(PGconn *target);

/*
 * Drop the databases that were left behind when we were killed, as far as the
 * user may, and say so.  Returns false after a message if it cannot be known
 * which there are.
 */
extern bool scratch_database_drop_leftovers(PGconn *conn);

/*
 * Drop the database, and free what we know about it.  Returns false after a
 * message.  What has changed outside it is warned about.
 */
extern bool scratch_database_drop(ScratchDatabase *scratch);

/*
 * The database, which has another name now, stays: free what we know of it.
 * The same is warned about.
 */
extern void scratch_database_release(ScratchDatabase *scratch);

#endif							/* SCRATCH_DATABASE_H */
