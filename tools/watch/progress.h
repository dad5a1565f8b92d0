/*-------------------------------------------------------------------------
 *
 * watch/progress.h
 *		What is seen of a run while it goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_PROGRESS_H
#define WATCH_PROGRESS_H

#include "watch/events.h"

typedef struct Progress Progress;

/* How a run is to be told of */
typedef enum ProgressForm
{
	PROGRESS_LINES,				/* for people */
	PROGRESS_QUIET,				/* for people, as little as possible */
	PROGRESS_JSON				/* for programs: see watch/events.h */
} ProgressForm;

/* "[ 2/30] ".  The text is overwritten by the next call. */
extern const char *watch_progress_number(int number, int total);

/*
 * Begin a run of so many patches.  The label, if it is not NULL, is shown on
 * a terminal in the place of numbers and names, even if the run is quiet; it
 * must stay.  The caller frees what is returned.
 */
extern Progress *watch_progress_create(ProgressForm form, bool is_verbose,
									   int total, const char *label);

/* A patch begins, the number-th (from 1). */
extern void watch_progress_begin(Progress *progress, int number,
								 const PlanStep *step, const char *name);

/* It has ended.  If it has failed, the messages that were kept are shown. */
extern void watch_progress_end(Progress *progress, const StepEnd *end);

/*
 * An attempt has failed for the want of a lock, and there will be another one;
 * so people are told only for whom it waits.
 */
extern void watch_progress_again(Progress *progress,
								 const OthersWaited *others,
								 const char *sqlstate, int64 milliseconds);

/* Show how time goes by, if a second has. */
extern void watch_progress_tick(Progress *progress);

/* In how many milliseconds the next tick will do something; -1: never. */
extern int	watch_progress_timeout(const Progress *progress);

/* psql's messages, whole lines of them. */
extern void watch_progress_messages(Progress *progress, const char *text,
									size_t length);

/*
 * What is to be read on a terminal after the patch's name, while it is the
 * same; NULL: nothing.
 */
extern void watch_progress_note(Progress *progress, const char *text);

/* A message of ours, in any case. */
extern void watch_progress_say(Progress *progress, const char *text);

/*
 * The patch waits for somebody, as the text says in full: it is not said where
 * messages are on the terminal that shows the note.
 */
extern void watch_progress_waiting(Progress *progress, const char *text,
								   const PGresult *blockers,
								   const PGresult *seen);

/* What psql prints on standard output. */
extern void watch_progress_output(Progress *progress, const char *text,
								  size_t length);

/*
 * The run has ended, and so many patches have become what they should, have
 * failed, were not attempted.  To people all of it is told in other words.
 */
extern void watch_progress_finish(Progress *progress, int done, int failed,
								  int not_attempted);

/*
 * How long the run has taken so far.  The text is overwritten by the next
 * call.
 */
extern const char *watch_progress_duration(const Progress *progress);

/* Free it. */
extern void watch_progress_free(Progress *progress);

#endif							/* WATCH_PROGRESS_H */
