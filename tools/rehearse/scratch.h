/*-------------------------------------------------------------------------
 *
 * rehearse/scratch.h
 *		A database to try something in, like another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_SCRATCH_H
#define REHEARSE_SCRATCH_H

#include "libpq-fe.h"

typedef struct ScratchDatabase
{
	PGconn	   *target;			/* the database that it is like */
	char		name[64];
	PGconn	   *conn;			/* to the database itself, or NULL */
} ScratchDatabase;

/*
 * Create a database like that of the connection, or a copy of the template if
 * that is not NULL.  The strings and the connection must stay.  Returns NULL
 * after a message; else it is for the caller to drop it, whatever happens.
 */
extern ScratchDatabase *rehearse_scratch_create(const char *argv0,
												const char *template,
												PGconn *target);

/*
 * Drop the databases that rehearsals have left behind that were killed, as far
 * as the user may, and say so.  Returns false after a message if it cannot be
 * known which there are.
 */
extern bool rehearse_scratch_drop_leftovers(PGconn *conn);

/*
 * Drop the database, and free what we know about it.  Returns false after a
 * message.
 */
extern bool rehearse_scratch_drop(ScratchDatabase *scratch);

#endif							/* REHEARSE_SCRATCH_H */
