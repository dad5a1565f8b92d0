/*-------------------------------------------------------------------------
 *
 * changes/parts.h
 *		What came along with a relation: indexes, constraints, triggers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_PARTS_H
#define CHANGES_PARTS_H

#include "changes/changes.h"
#include "nodes/pg_list.h"

extern void changes_parts_add(ChangeSet *set, Oid relid,
							  ChangeCondition condition);
extern void changes_parts_add_required(ChangeSet *set, Oid extension);
extern void changes_parts_add_domain(ChangeSet *set, Oid domain);
extern void changes_parts_add_clones(ChangeSet *set, Oid trigger);
extern void changes_parts_add_column(ChangeSet *set, Oid relid,
									 AttrNumber column, ChangeAction action);
extern List *changes_parts_children(Oid relid);
extern List *changes_parts_indexes(Oid relid);

#endif							/* CHANGES_PARTS_H */
