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

extern List *register_reverse_lookup(Register *reg, Column column,
									 const text *name);

#endif							/* REGISTER_REVERSE_LOOKUP_H */
