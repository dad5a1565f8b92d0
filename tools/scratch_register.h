/*-------------------------------------------------------------------------
 *
 * scratch_register.h
 *		A register in a scratch database, like that of another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_REGISTER_H
#define SCRATCH_REGISTER_H

#include "libpq-fe.h"

extern bool scratch_register_create(const char *argv0, PGconn *target,
									PGconn *scratch);

#endif							/* SCRATCH_REGISTER_H */
