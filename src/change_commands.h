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

extern ChangeSet *change_commands_gather(void);

#endif							/* VERSIONING_CHANGE_COMMANDS_H */
