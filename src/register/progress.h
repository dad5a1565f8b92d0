/*-------------------------------------------------------------------------
 *
 * register/progress.h
 *		The table _v.progress: patches of which not all is done.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGISTER_PROGRESS_H
#define REGISTER_PROGRESS_H

#include "register/register.h"

/*
 * Is the patch that register_find() has found last unfinished?  Returns the
 * detail of a message that says so, in the current memory context, or NULL if
 * it is whole, or is registered by the file that the session runs itself.
 *
 * Locks the table in ACCESS SHARE mode until it is closed, and needs no
 * privilege.  Raises 42703 or 42804 if it was altered; without it, all patches
 * are whole.
 */
extern char *register_progress_of(Register *reg, const text *name);

/*
 * Forgets how far a patch has come, for it is no longer in the register, and
 * the others of its file: they come as far only together, unless it is that
 * file which runs.
 * Needs no privilege; raises what row_delete() raises.
 */
extern void register_progress_forget(const text *name);

#endif							/* REGISTER_PROGRESS_H */
