/*-------------------------------------------------------------------------
 *
 * dropped.h
 *		What a DROP has dropped.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_DROPPED_H
#define VERSIONING_DROPPED_H

#include "nodes/parsenodes.h"

extern bool dropped_from(Oid class_id, const char *name);
extern char *dropped_permanent(const DropStmt *drop);

#endif							/* VERSIONING_DROPPED_H */
