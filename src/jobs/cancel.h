/*-------------------------------------------------------------------------
 *
 * jobs/cancel.h
 *		A job is canceled, or all jobs of a patch.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_CANCEL_H
#define JOBS_CANCEL_H

/*
 * Cancels the job of this name, in this transaction: waits for the batches
 * that are at work, drops its trigger, and forgets it.  Does nothing if there
 * is none.  Needs no privilege.  SPI must be connected.
 */
extern void jobs_cancel(const char *name);

/* The same for all jobs of a patch, without SPI. */
extern void jobs_cancel_of_patch(const char *patch_name);

#endif							/* JOBS_CANCEL_H */
