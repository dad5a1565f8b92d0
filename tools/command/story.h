/*-------------------------------------------------------------------------
 *
 * command/story.h
 *		What commands have in common that tell what happened
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_STORY_H
#define COMMAND_STORY_H

#include "command/command.h"
#include "database/story.h"

/*
 * Connect to a database that has a history.  Returns NULL after a message.
 */
extern PGconn *command_story_connect(Options *options);

/*
 * Say that nothing is called so, "what" being what it should have been, and
 * what was probably meant.  Returns how the program is to end.
 */
extern Status command_story_unknown(PGconn *conn, const char *name,
									const char *what, bool may_be_patch);

#endif							/* COMMAND_STORY_H */
