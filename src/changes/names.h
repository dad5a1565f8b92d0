/*-------------------------------------------------------------------------
 *
 * changes/names.h
 *		What a command renamed or moved to another schema.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_NAMES_H
#define CHANGES_NAMES_H

#include "changes/changes.h"
#include "nodes/nodes.h"

/*
 * Adds what a RENAME or SET SCHEMA has renamed or moved: the object, and what
 * has its name in its own.
 */
extern void changes_names_add(ChangeSet *set, const ObjectAddress *object,
							  Node *command, const ObjectAddress *old_schema);

/*
 * Adds the indexes that ALTER TABLE ... ADD CONSTRAINT ... USING INDEX has
 * given the names of constraints.
 */
extern void changes_names_add_indexes(ChangeSet *set, Oid relid,
									  Node *command);

#endif							/* CHANGES_NAMES_H */
