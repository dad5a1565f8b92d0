/*-------------------------------------------------------------------------
 *
 * changes/journal.h
 *		The table _v.changes: what each command did to which object.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_JOURNAL_H
#define CHANGES_JOURNAL_H

#include "changes/changes.h"

/*
 * Writes what a command has changed.  Locks the table in ROW EXCLUSIVE mode
 * until the transaction ends.  Raises what journal_open(), journal_append()
 * and changes_life_open() raise.
 */
extern void changes_journal_write(const ChangeSet *set);

/*
 * While this is set, what is created continues the life of what the same
 * transaction has dropped by that name, for it is restored.  Returns what was
 * set before.
 */
extern bool changes_journal_set_restoring(bool restoring);

/* See journal_was_written(). */
extern bool changes_journal_was_written(void);

#endif							/* CHANGES_JOURNAL_H */
