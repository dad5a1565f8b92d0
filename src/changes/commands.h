/*-------------------------------------------------------------------------
 *
 * changes/commands.h
 *		What a command created, altered, renamed or moved.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_COMMANDS_H
#define CHANGES_COMMANDS_H

#include "changes/changes.h"
#include "commands/event_trigger.h"

/*
 * Returns what the command of this ddl_command_end event did, less what it
 * dropped.  Allocated in the current memory context.
 */
extern ChangeSet *changes_commands_gather(const EventTriggerData *trigger);

#endif							/* CHANGES_COMMANDS_H */
