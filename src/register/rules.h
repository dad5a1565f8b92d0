/*-------------------------------------------------------------------------
 *
 * register/rules.h
 *		Which patch may go into the register, and which may leave it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGISTER_RULES_H
#define REGISTER_RULES_H

#include "base/patch.h"
#include "register/register.h"

/*
 * May the patch go in?  Refusals are raised as P0001 at elevel, in the order
 * of the checks, the first one only.  Below ERROR, the return value says
 * whether all is well.  The register must be open for ACL_INSERT.
 */
extern bool register_rules_admit(Register *reg, const Patch *patch,
								 int elevel);

/*
 * Raises P0001 if the patch is not installed, or others require it.  The
 * register must be open for ACL_DELETE; afterwards register_find() must be
 * asked again for the row.
 */
extern void register_rules_check_removable(Register *reg, const text *name);

/*
 * Raises P0001 if the patch is not installed.  Any privilege will do;
 * afterwards register_value() is about it.
 */
extern void register_rules_check_applied(Register *reg, const text *name);

#endif							/* REGISTER_RULES_H */
