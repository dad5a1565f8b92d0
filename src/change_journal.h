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

extern void change_journal_write(const ChangeSet *set);

#endif							/* VERSIONING_CHANGE_JOURNAL_H */
