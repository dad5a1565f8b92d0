/*-------------------------------------------------------------------------
 *
 * rules.h
 *		Which patch may go into the register, and which may leave it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_RULES_H
#define VERSIONING_RULES_H

#include "patch.h"
#include "registry.h"

extern bool rules_admit(Registry *registry, const Patch *patch, int elevel);
extern void rules_check_removable(Registry *registry, const text *name);

#endif							/* VERSIONING_RULES_H */
