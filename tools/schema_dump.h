/*-------------------------------------------------------------------------
 *
 * schema_dump.h
 *		What pg_dump says of a database without its data
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCHEMA_DUMP_H
#define SCHEMA_DUMP_H

#include "libpq-fe.h"

extern char *schema_dump_take(const char *argv0, PGconn *conn,
							  const char *const *arguments);
extern bool schema_dump_is_part(const char *part, const char *whole);
extern bool schema_dump_print_difference(const char *before,
										 const char *before_label,
										 const char *after,
										 const char *after_label);

#endif							/* SCHEMA_DUMP_H */
