/*-------------------------------------------------------------------------
 *
 * diff/side.h
 *		One of the two databases that are compared
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_SIDE_H
#define DIFF_SIDE_H

#include "database/register.h"

typedef struct DiffSide
{
	const char *name;			/* what the user calls it, printable */
	bool		is_files;		/* it is what the files make */
	PGconn	   *conn;
	bool		has_register;	/* there is one, */
	bool		is_readable;	/* and the role may read it */
	bool		has_changes;	/* there are those recorded, to be read */
	bool		is_recorded;	/* changes are recorded at present */
	Register   *reg;			/* NULL: none, or not to be read */
} DiffSide;

/*
 * Find out what there is of the register, and read it, in the transaction of
 * the connection.  Returns false after a message.
 */
extern bool diff_side_read(DiffSide *side);

/* Free what has been read; the connection stays. */
extern void diff_side_free(DiffSide *side);

#endif							/* DIFF_SIDE_H */
