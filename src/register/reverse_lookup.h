/*-------------------------------------------------------------------------
 *
 * register/reverse_lookup.h
 *		Which installed patches name a given one as requirement or conflict?
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGISTER_REVERSE_LOOKUP_H
#define REGISTER_REVERSE_LOOKUP_H

#include "register/register.h"

/*
 * The installed patches whose column, requires or conflicts, holds the
 * name: a list of InstalledPatch in the order of the table, which is that of
 * their registration as long as nothing was deleted.  Overwrites what
 * register_find() found.  All memory is the current context's.
 */
extern List *register_reverse_lookup(Register *reg, Column column,
									 const text *name);

#endif							/* REGISTER_REVERSE_LOOKUP_H */
