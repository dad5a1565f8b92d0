/*-------------------------------------------------------------------------
 *
 * command/command.h
 *		The commands of versioning
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/status.h"
#include "command/options.h"

/*
 * Each command is in a file of its name.  It prints what it has to say, and
 * returns how the program is to end.
 */
extern Status command_status(Options *options);
extern Status command_apply(Options *options);
extern Status command_rollback(Options *options);
extern Status command_check(Options *options);
extern Status command_graph(Options *options);
extern Status command_new(Options *options);
extern Status command_rehearse(Options *options);

#endif							/* COMMAND_H */
