/*-------------------------------------------------------------------------
 *
 * scratch/cluster.h
 *		What a scratch database shares with all others
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRATCH_CLUSTER_H
#define SCRATCH_CLUSTER_H

#include "libpq-fe.h"

/*
 * What is there now, apart from databases that are not the connection's.
 * Returns NULL after a message; else the caller clears it.
 */
extern PGresult *scratch_cluster_note(PGconn *target);

/*
 * Warn of all that is not as it was when that note was taken, since what a
 * script does to it in a scratch database is done to the other ones, too.
 */
extern void scratch_cluster_compare(PGconn *target, const PGresult *before);

#endif							/* SCRATCH_CLUSTER_H */
