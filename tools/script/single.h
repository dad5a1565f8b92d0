/*-------------------------------------------------------------------------
 *
 * script/single.h
 *		Whether a script can share a transaction with others
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_SINGLE_H
#define SCRIPT_SINGLE_H

#include "script/outline.h"

/*
 * Can the script be run in a transaction with others, without the BEGIN and
 * COMMIT of its own?  The outline has been read from these bytes.  Returns
 * NULL if it can, or why not, in words that the next call overwrites, with the
 * line, or 0.
 */
extern const char *script_single_obstacle(const ScriptOutline *outline,
										  const FileBytes *bytes, int *line);

/* Is this query the beginning or the end of its own transaction? */
extern bool script_single_is_frame(const OutlineQuery *query);

#endif							/* SCRIPT_SINGLE_H */
