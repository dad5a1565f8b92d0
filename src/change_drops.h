/*-------------------------------------------------------------------------
 *
 * change_drops.h
 *		What a command dropped.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_DROPS_H
#define VERSIONING_CHANGE_DROPS_H

#include "change.h"
#include "commands/event_trigger.h"

extern ChangeSet *change_drops_gather(const EventTriggerData *trigger);

#endif							/* VERSIONING_CHANGE_DROPS_H */
