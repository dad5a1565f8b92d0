/*-------------------------------------------------------------------------
 *
 * scratch/schema.h
 *		What is in a database beside the register, as plain statements
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_SCHEMA_H
#define SCRATCH_SCHEMA_H

#include "libpq-fe.h"

/*
 * The statements that make what is in the database of the connection, but no
 * data, not the register, nor what belongs to extensions.  They can be run in
 * a transaction, without psql, and set nothing beyond it.  argv0 says where we
 * are: pg_dump may be beside.  It waits for locks for so many milliseconds at
 * most, or, if that is 0, as long as it takes.  Returns NULL after a message;
 * else the caller frees it.
 */
extern char *scratch_schema_take(const char *argv0, PGconn *conn,
								 int64 lock_timeout);

/*
 * Do two of these say the same?  The server does not always print an
 * expression as it has read it: parentheses and casts to text, such as those
 * of varchar IN (...), do not count.
 */
extern bool scratch_schema_is_same(const char *one, const char *other);

#endif							/* SCRATCH_SCHEMA_H */
