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

/* The catalog of the objects of a GRANT; InvalidOid for shared ones. */
extern Oid	change_grants_class(ObjectType type);

extern void change_grants_add(ChangeSet *set, const InternalGrant *grant);
extern void change_grants_add_default(ChangeSet *set,
									  AlterDefaultPrivilegesStmt *command);

#endif							/* VERSIONING_CHANGE_GRANTS_H */
