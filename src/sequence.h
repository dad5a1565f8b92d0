/*-------------------------------------------------------------------------
 *
 * sequence.h
 *		The next number of a sequence, unnoticed by the session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_SEQUENCE_H
#define VERSIONING_SEQUENCE_H

extern int64 sequence_next(Oid sequence);

#endif							/* VERSIONING_SEQUENCE_H */
