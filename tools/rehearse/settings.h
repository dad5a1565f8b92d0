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

extern void rehearse_settings_copy(PGconn *target, const char *scratch);
extern void rehearse_settings_grant(PGconn *conn, const char *object,
									const PGresult *grants);

#endif							/* REHEARSE_SETTINGS_H */
