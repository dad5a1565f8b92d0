/*-------------------------------------------------------------------------
 *
 * change_journal.h
 *		The table _v.changes: what each command did to which object.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_JOURNAL_H
#define VERSIONING_CHANGE_JOURNAL_H

#include "change.h"

/*
 * Writes what a command has changed.  Locks the table in ROW EXCLUSIVE mode
 * until the transaction ends.  Raises what journal_open(), journal_append()
 * and change_life_open() raise.
 */
extern void change_journal_write(const ChangeSet *set);

/* See journal_was_written(). */
extern bool change_journal_was_written(void);

#endif							/* VERSIONING_CHANGE_JOURNAL_H */
