/*-------------------------------------------------------------------------
 *
 * change_names.h
 *		What a command renamed or moved to another schema.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_CHANGE_NAMES_H
#define VERSIONING_CHANGE_NAMES_H

#include "change.h"
#include "nodes/nodes.h"

extern void change_names_add(ChangeSet *set, const ObjectAddress *object,
							 Node *command, const ObjectAddress *old_schema);

extern void change_names_add_indexes(ChangeSet *set, Oid relid,
									 Node *command);

#endif							/* VERSIONING_CHANGE_NAMES_H */
