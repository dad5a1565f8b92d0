/*-------------------------------------------------------------------------
 *
 * reverse_lookup.h
 *		Which installed patches name a given one as requirement or conflict?
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_REVERSE_LOOKUP_H
#define VERSIONING_REVERSE_LOOKUP_H

#include "registry.h"

extern List *reverse_lookup(Registry *registry, Column column,
							const text *name);

#endif							/* VERSIONING_REVERSE_LOOKUP_H */
