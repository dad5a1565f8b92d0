/*-------------------------------------------------------------------------
 *
 * changes/grants.h
 *		Whose privileges a command changed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_GRANTS_H
#define CHANGES_GRANTS_H

#include "changes/changes.h"
#include "nodes/parsenodes.h"
#include "utils/aclchk_internal.h"

/* The catalog of the objects of a GRANT; InvalidOid for shared ones. */
extern Oid	changes_grants_class(ObjectType type);

extern void changes_grants_add(ChangeSet *set, const InternalGrant *grant);
extern void changes_grants_add_default(ChangeSet *set,
									   AlterDefaultPrivilegesStmt *command);

#endif							/* CHANGES_GRANTS_H */
