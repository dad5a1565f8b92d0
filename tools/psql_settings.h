/*-------------------------------------------------------------------------
 *
 * psql_settings.h
 *		The variables and the output format of a psql session
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_SETTINGS_H
#define PSQL_SETTINGS_H

#include "pqexpbuffer.h"

extern bool psql_settings_restore_variables(PQExpBuffer commands,
											const char *fresh,
											const char *now);
extern bool psql_settings_restore_formats(PQExpBuffer commands,
										  const char *fresh, const char *now);
extern void psql_settings_append_quoted(PQExpBuffer commands,
										const char *text, size_t length);

#endif							/* PSQL_SETTINGS_H */
