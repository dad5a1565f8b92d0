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

/* Adds the objects of a GRANT or REVOKE. */
extern void changes_grants_add(ChangeSet *set, const InternalGrant *grant);

/* Adds what ALTER DEFAULT PRIVILEGES has set. */
extern void changes_grants_add_default(ChangeSet *set,
									   AlterDefaultPrivilegesStmt *command);

#endif							/* CHANGES_GRANTS_H */
