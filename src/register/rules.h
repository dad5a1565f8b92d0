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

extern bool register_rules_admit(Register *reg, const Patch *patch,
								 int elevel);
extern void register_rules_check_removable(Register *reg, const text *name);

#endif							/* REGISTER_RULES_H */
