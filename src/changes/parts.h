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

/*
 * Adds the indexes, constraints and triggers that this transaction has made on
 * a relation and its partitions, as created.
 */
extern void changes_parts_add(ChangeSet *set, Oid relid,
							  ChangeCondition condition);

/* Adds the extensions that CREATE EXTENSION ... CASCADE has created, too. */
extern void changes_parts_add_required(ChangeSet *set, Oid extension);

/*
 * Adds the triggers and rules that this transaction has enabled or disabled on
 * a relation, and the triggers of its partitions, as altered.
 */
extern void changes_parts_add_switched(ChangeSet *set, Oid relid);

/* Adds the constraints of a new domain; other types have none. */
extern void changes_parts_add_domain(ChangeSet *set, Oid domain);

/* Adds the triggers that a new one has put on the partitions of its table. */
extern void changes_parts_add_clones(ChangeSet *set, Oid trigger);

/*
 * Adds what happened to a column, and to the columns of the same name that
 * others have inherited; the relations of the latter are altered by it.
 */
extern void changes_parts_add_column(ChangeSet *set, Oid relid,
									 AttrNumber column, ChangeAction action);

/* The relations that inherit from this one, through others as well. */
extern List *changes_parts_children(Oid relid);

/* The indexes of a relation. */
extern List *changes_parts_indexes(Oid relid);

#endif							/* CHANGES_PARTS_H */
