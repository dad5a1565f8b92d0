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

extern bool rehearse_register_create(const char *argv0, PGconn *target,
									 PGconn *scratch);

#endif							/* REHEARSE_REGISTER_H */
