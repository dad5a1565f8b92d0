/*-------------------------------------------------------------------------
 *
 * guard/dropped.h
 *		What a DROP has dropped.
 *
 *-------------------------------------------------------------------------
 */
#ifndef GUARD_DROPPED_H
#define GUARD_DROPPED_H

#include "nodes/parsenodes.h"

extern bool guard_dropped_from(Oid class_id, const char *name);
extern char *guard_dropped_permanent(const DropStmt *drop);

#endif							/* GUARD_DROPPED_H */
