/*-------------------------------------------------------------------------
 *
 * scratch/dump.h
 *		What pg_dump says of a database without its data
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_DUMP_H
#define SCRATCH_DUMP_H

#include "libpq-fe.h"

/*
 * Dump the schema of a connection's database; the options are pg_dump's, as
 * the shell reads them, and argv0 says where we are: it may be beside.
 * Returns NULL after a message; else the caller frees it.
 */
extern char *scratch_dump_take(const char *argv0, PGconn *conn,
							   const char *options);

/* Are all lines of a dump those of another one, less some of these? */
extern bool scratch_dump_is_part(const char *part, const char *whole);

/*
 * Do two dumps say the same, but for the order of columns, and of what is said
 * about these?
 */
extern bool scratch_dump_is_reordered(const char *before, const char *after);

/*
 * How two dumps differ, as diff -u prints it.  Returns NULL after a message if
 * that cannot be done; else the caller frees it.
 */
extern char *scratch_dump_difference(const char *before,
									 const char *before_label,
									 const char *after,
									 const char *after_label);

/* Print that.  Returns false after a message if it cannot be done. */
extern bool scratch_dump_print_difference(const char *before,
										  const char *before_label,
										  const char *after,
										  const char *after_label);

#endif							/* SCRATCH_DUMP_H */
