/*-------------------------------------------------------------------------
 *
 * changes/drops.h
 *		What a command dropped.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_DROPS_H
#define CHANGES_DROPS_H

#include "changes/changes.h"
#include "commands/event_trigger.h"

/*
 * Returns what the command of this sql_drop event has dropped, and which
 * tables lost a column by that.  Allocated in the current memory context.
 */
extern ChangeSet *changes_drops_gather(const EventTriggerData *trigger);

#endif							/* CHANGES_DROPS_H */
