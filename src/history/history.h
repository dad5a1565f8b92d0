/*-------------------------------------------------------------------------
 *
 * history/history.h
 *		The table _v.history: what happened to the register.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "base/patch.h"

typedef enum HistoryEvent
{
	HISTORY_APPLIED,
	HISTORY_RESUMED,
	HISTORY_TAKEN_BACK,
	HISTORY_ADOPTED,
	HISTORY_MARKED,
	HISTORY_UNMARKED,
	HISTORY_ACCEPTED,
	HISTORY_GUARD_BYPASSED,
	HISTORY_JOB_STARTED,
	HISTORY_JOB_PAUSED,
	HISTORY_JOB_RESUMED,
	HISTORY_JOB_FAILED,
	HISTORY_JOB_DONE,
	HISTORY_JOB_CANCELED
} HistoryEvent;

/* The OID of the table; InvalidOid without it.  Locks nothing. */
extern Oid	history_oid(void);

/*
 * Is this the OID of the table, and has it a row of this id and patch at this
 * moment?  Locks the table in ACCESS SHARE mode for as long as that takes.
 * Needs no privilege.  Raises 42703 or 42804 if the table was altered.
 */
extern bool history_has(Oid table, int64 id, const char *patch_name);

/*
 * Adds a row and returns its id.  The patch is NULL, or its arrays are, where
 * there is none; the command is what went past the guard, else NULL.  Needs no
 * privilege, and locks the table in ROW EXCLUSIVE mode until the transaction
 * ends.  Raises what journal_open() and journal_append() raise.
 */
extern int64 history_add(HistoryEvent event, const Patch *patch,
						 const char *command);

/*
 * The same for a patch that was in the register before the extension was
 * there, and for the role of whom the register says that it has applied it.
 */
extern void history_add_adopted(const Patch *patch, const char *applied_by);

/* The same for a job of a patch, without an id. */
extern void history_add_job(HistoryEvent event, const char *patch_name,
							const char *job_name);

/* See journal_was_written(). */
extern bool history_was_written(void);

#endif							/* HISTORY_H */
