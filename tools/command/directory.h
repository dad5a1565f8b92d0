/*-------------------------------------------------------------------------
 *
 * command/directory.h
 *		Where new files go
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_DIRECTORY_H
#define COMMAND_DIRECTORY_H

#include "fe_utils/simple_list.h"

/* Is there nothing of that name yet? */
extern bool command_directory_is_missing(const char *path);

/*
 * The directory that new files go to: the first of the places that is one or
 * can become one.  Returns NULL after a message if there is none.
 */
extern const char *command_directory_choose(const SimpleStringList *places,
											const char *option);

/* Make a directory, with those that it is in; false after a message. */
extern bool command_directory_make(const char *directory);

/* The path of a new file in it for that name; the caller frees it. */
extern char *command_directory_path(const char *directory, const char *prefix,
									const char *name);

#endif							/* COMMAND_DIRECTORY_H */
