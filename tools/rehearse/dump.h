/*-------------------------------------------------------------------------
 *
 * rehearse/dump.h
 *		What pg_dump says of a database without its data
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_DUMP_H
#define REHEARSE_DUMP_H

#include "libpq-fe.h"

extern char *rehearse_dump_take(const char *argv0, PGconn *conn,
								const char *const *arguments);
extern bool rehearse_dump_is_part(const char *part, const char *whole);
extern bool rehearse_dump_print_difference(const char *before,
										   const char *before_label,
										   const char *after,
										   const char *after_label);

#endif							/* REHEARSE_DUMP_H */
