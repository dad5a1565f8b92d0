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

extern ChangeSet *changes_drops_gather(const EventTriggerData *trigger);

#endif							/* CHANGES_DROPS_H */
