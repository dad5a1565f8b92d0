/*-------------------------------------------------------------------------
 *
 * scratch_settings.h
 *		The settings and grants of a database, for a scratch database
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_SETTINGS_H
#define SCRATCH_SETTINGS_H

#include "libpq-fe.h"

extern void scratch_settings_copy(PGconn *target, const char *scratch);
extern void scratch_settings_grant(PGconn *conn, const char *object,
								   const PGresult *grants);

#endif							/* SCRATCH_SETTINGS_H */
