/*-------------------------------------------------------------------------
 *
 * jobs/piece.h
 *		The pieces of the keys of a table that a job goes through.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_PIECE_H
#define JOBS_PIECE_H

#include "jobs/batch.h"

/* The keys after one, up to another; images, the first one NULL for none */
typedef struct JobPiece
{
	int64		number;
	char	   *after;
	char	   *to;
	int			tries;
	bool		is_blocked;		/* by a lock, when it was tried last */
} JobPiece;

/*
 * Takes a piece that nobody works on, until the end of the transaction; one
 * that is blocked if there are no others.  Returns NULL if there is none.
 */
extern JobPiece *jobs_piece_take(const Job *job);

/* Are there pieces that were not given up? */
extern bool jobs_piece_is_left(const Job *job);

/*
 * Hands out a further piece, of some batches of that size; to nobody as yet.
 * Locks the row of the job until the end of the transaction.
 */
extern void jobs_piece_hand_out(const Job *job, const JobSettings *settings,
								int size);

/*
 * Runs a batch, or a part of one, of at most that size at the beginning of the
 * piece, which then is what is left of it.  Is there anything left?
 */
extern bool jobs_piece_work(JobBatch *batch, JobPiece *piece, int size);

/*
 * Gives up the rows of the batch that has failed, so that the piece goes on
 * after them.  All of the piece, if it has failed before there were rows.
 */
extern void jobs_piece_give_up(const JobBatch *batch, const JobPiece *piece,
							   const char *error);

/* Notes that it has failed once more, and whether that counts as a try. */
extern void jobs_piece_note_try(const Job *job, const JobPiece *piece,
								bool counts, const char *error);

#endif							/* JOBS_PIECE_H */
