/*-------------------------------------------------------------------------
 *
 * history/attempts.h
 *		The table _v.attempts: what became of files that were run.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HISTORY_ATTEMPTS_H
#define HISTORY_ATTEMPTS_H

#include "fmgr.h"

/*
 * Adds a row from the arguments of _v.note_attempt(), which are the columns
 * from action to history_id, and returns its id.  Needs no privilege, and
 * locks the table in ROW EXCLUSIVE mode until the transaction ends.  Raises
 * what journal_open() and journal_append() raise.
 */
extern int64 history_attempts_add(FunctionCallInfo fcinfo);

/* See journal_was_written(). */
extern bool history_attempts_was_written(void);

#endif							/* HISTORY_ATTEMPTS_H */
