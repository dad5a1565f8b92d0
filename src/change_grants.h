/*-------------------------------------------------------------------------
 *
 * change_grants.h
 *		Whose privileges a command changed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_GRANTS_H
#define VERSIONING_CHANGE_GRANTS_H

#include "change.h"
#include "nodes/parsenodes.h"
#include "utils/aclchk_internal.h"

extern void change_grants_add(ChangeSet *set, const InternalGrant *grant);
extern void change_grants_add_default(ChangeSet *set,
									  AlterDefaultPrivilegesStmt *command);

#endif							/* VERSIONING_CHANGE_GRANTS_H */
