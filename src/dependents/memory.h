/*-------------------------------------------------------------------------
 *
 * dependents/memory.h
 *		What this transaction has dropped and is to restore.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPENDENTS_MEMORY_H
#define DEPENDENTS_MEMORY_H

#include "access/xact.h"

/* A statement that makes an object again, or a part of what it was */
typedef struct DependentStep
{
	Oid			role;			/* to run it as; InvalidOid: the caller */
	char	   *statement;
} DependentStep;

/* An object that was dropped */
typedef struct Dependent
{
	char	   *type;			/* these two as in pg_identify_object() */
	char	   *identity;
	char	   *relation;		/* the one that it is a part of, or is */
	char	   *tablespace;		/* for an index that is made, or NULL */
	char	   *last_statement; /* when all is there, or NULL: a REFRESH */
	DependentStep *steps;
	int			step_count;
	Oid			dropped_by;		/* no other role restores it or gives it up */
	SubTransactionId dropped_in;
	SubTransactionId settled_in;	/* or invalid: still to be restored */
	struct Dependent *before;	/* the one that was dropped before it */
} Dependent;

/* For _PG_init(), once. */
extern void dependents_memory_init(void);

/*
 * Remembers it, until the transaction, or the subtransaction that it is called
 * in, is over.  The caller has allocated all of it in TopTransactionContext.
 * From now on the transaction cannot commit until it is settled.
 */
extern void dependents_memory_add(Dependent *dependent);

/* The one that was dropped last, whether it is settled or not, or NULL. */
extern Dependent *dependents_memory_latest(void);

/*
 * It is restored, or given up: unless the current subtransaction is rolled
 * back.
 */
extern void dependents_memory_settle(Dependent *dependent);

/* Is it still to be restored? */
extern bool dependents_memory_is_open(const Dependent *dependent);

#endif							/* DEPENDENTS_MEMORY_H */
