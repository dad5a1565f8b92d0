/*-------------------------------------------------------------------------
 *
 * change_parts.h
 *		What came along with a relation: indexes, constraints, triggers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_PARTS_H
#define VERSIONING_CHANGE_PARTS_H

#include "change.h"
#include "nodes/pg_list.h"

extern void change_parts_add(ChangeSet *set, Oid relid,
							 ChangeCondition condition);
extern void change_parts_add_required(ChangeSet *set, Oid extension);
extern void change_parts_add_domain(ChangeSet *set, Oid domain);
extern void change_parts_add_clones(ChangeSet *set, Oid trigger);
extern void change_parts_add_column(ChangeSet *set, Oid relid,
									AttrNumber column, ChangeAction action);
extern List *change_parts_children(Oid relid);
extern List *change_parts_indexes(Oid relid);

#endif							/* VERSIONING_CHANGE_PARTS_H */
