/*-------------------------------------------------------------------------
 *
 * run/mark.h
 *		Put patches into the register, or take them out, and run nothing
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_MARK_H
#define RUN_MARK_H

#include "libpq-fe.h"
#include "project/project.h"

typedef enum MarkKind
{
	MARK_APPLIED,				/* into the register */
	MARK_NOT_APPLIED,			/* out of it */
	MARK_ACCEPTED				/* its file has changed, and that is fine */
} MarkKind;

typedef struct Mark
{
	const char *name;
	const PatchCall *call;		/* of MARK_APPLIED: what it requires */
	const ProjectFile *file;	/* NULL: none is known */
} Mark;

/*
 * Do so with all of them, in this order, in one transaction of the connection.
 * History gets what is known of the files, and of who does it.  Returns false
 * after a message, and then nothing was done.
 */
extern bool run_mark(PGconn *conn, MarkKind kind, const Mark *marks,
					 int count);

#endif							/* RUN_MARK_H */
