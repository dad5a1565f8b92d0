/*-------------------------------------------------------------------------
 *
 * scratch/settings.h
 *		The settings and grants of a database, for a scratch database
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_SETTINGS_H
#define SCRATCH_SETTINGS_H

#include "libpq-fe.h"

/*
 * Copy the settings and the grants of the database that is the model, by a
 * name of ours, or NULL for the target's, to the scratch database of that
 * name.  What cannot be copied is warned about.
 */
extern void scratch_settings_copy(PGconn *target, const char *model,
								  const char *scratch);

/* The same for the grants on the register, by connections to both. */
extern void scratch_settings_copy_register(PGconn *target, PGconn *scratch);

#endif							/* SCRATCH_SETTINGS_H */
