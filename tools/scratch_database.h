/*-------------------------------------------------------------------------
 *
 * scratch_database.h
 *		A database to try something in, like another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_DATABASE_H
#define SCRATCH_DATABASE_H

#include "libpq-fe.h"

typedef struct ScratchDatabase
{
	PGconn	   *target;			/* the database that it is like */
	const char *template;		/* what it begins as, or NULL */
	char		name[64];
	PGconn	   *conn;			/* to the database itself, or NULL */
} ScratchDatabase;

extern ScratchDatabase *scratch_database_create(PGconn *target,
												const char *template);
extern bool scratch_database_drop(ScratchDatabase *scratch);

#endif							/* SCRATCH_DATABASE_H */
