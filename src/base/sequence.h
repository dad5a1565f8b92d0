/*-------------------------------------------------------------------------
 *
 * base/sequence.h
 *		The next number of a sequence, unnoticed by the session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_SEQUENCE_H
#define BASE_SEQUENCE_H

/*
 * The next number of the sequence, which is to go up by one, or the one after
 * "above" if that is greater.  The current user must own it.  Locks it in
 * SHARE UPDATE EXCLUSIVE mode, and gives that back.  Raises 2200H if there are
 * no more, and what setval() raises.
 */
extern int64 sequence_next(Oid sequence, int64 above);

/*
 * Has the sequence, which begins with 1, ever given a number or been set?
 * Locks it in ACCESS SHARE mode until the transaction ends.
 */
extern bool sequence_was_used(Oid sequence);

#endif							/* BASE_SEQUENCE_H */
