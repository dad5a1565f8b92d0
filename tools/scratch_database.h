/*-------------------------------------------------------------------------
 *
 * scratch_database.h
 *		A database to try something in, like another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_DATABASE_H
#define SCRATCH_DATABASE_H

#include "options.h"

typedef struct ScratchDatabase
{
	const Options *options;		/* "template" and "argv0" of it are used */
	PGconn	   *target;			/* the database that it is like */
	char		name[64];
	PGconn	   *conn;			/* to the database itself, or NULL */
} ScratchDatabase;

extern ScratchDatabase *scratch_database_create(const Options *options,
												PGconn *target);
extern bool scratch_database_drop(ScratchDatabase *scratch);

#endif							/* SCRATCH_DATABASE_H */
