/*-------------------------------------------------------------------------
 *
 * rehearse/settings.h
 *		The settings and grants of a database, for a scratch database
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_SETTINGS_H
#define REHEARSE_SETTINGS_H

#include "libpq-fe.h"

/* Copy the settings and the grants of the connection's database. */
extern void rehearse_settings_copy(PGconn *target, const char *scratch);

/*
 * Repeat grants for an object, which is named as GRANT names it.  The columns
 * are those of grants_query.
 */
extern void rehearse_settings_grant(PGconn *conn, const char *object,
									const PGresult *grants);

#endif							/* REHEARSE_SETTINGS_H */
