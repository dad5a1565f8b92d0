/*-------------------------------------------------------------------------
 *
 * rehearse/register.h
 *		A register in a scratch database, like that of another one
 *
 *-------------------------------------------------------------------------
 */
#ifndef REHEARSE_REGISTER_H
#define REHEARSE_REGISTER_H

#include "libpq-fe.h"

/*
 * Create a register in the scratch database, unless it has one: as in the
 * target or, if that has none, as a new one.  Returns false after a message.
 */
extern bool rehearse_register_create(const char *argv0, PGconn *target,
									 PGconn *scratch);

#endif							/* REHEARSE_REGISTER_H */
