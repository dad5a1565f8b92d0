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

/*
 * Has the transaction dropped a permanent object of this name, which the
 * catalog has had?
 */
extern bool guard_dropped_from(Oid class_id, const char *name);

/*
 * The first object in the command that is permanent and dropped, as it is
 * called there; "" if that is not known, NULL if there is none.  What only its
 * schema or CASCADE took along does not count.
 */
extern char *guard_dropped_permanent(const DropStmt *drop);

#endif							/* GUARD_DROPPED_H */
