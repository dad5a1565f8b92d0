/*-------------------------------------------------------------------------
 *
 * change_commands.h
 *		What a command created, altered, renamed or moved.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_COMMANDS_H
#define VERSIONING_CHANGE_COMMANDS_H

#include "change.h"
#include "commands/event_trigger.h"

/*
 * Returns what the command of this ddl_command_end event did, less what it
 * dropped.  Allocated in the current memory context.
 */
extern ChangeSet *change_commands_gather(const EventTriggerData *trigger);

#endif							/* VERSIONING_CHANGE_COMMANDS_H */
