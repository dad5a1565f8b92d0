/*-------------------------------------------------------------------------
 *
 * database/unfinished.h
 *		Patches of which a part is done, and not all
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_UNFINISHED_H
#define DATABASE_UNFINISHED_H

#include "libpq-fe.h"

/* A query for them, where there is _v.unfinished. */
extern const char unfinished_query[];

/* A patch, and how far its file has come */
typedef struct UnfinishedPatch
{
	const char *name;			/* all of it lives in the result */
	const char *since;			/* timestamptz, for people */
	const char *since_iso;		/* and in ISO format */
	int			done;			/* up to this part of the file */
	int			parts;			/* how many there are */
	int			line;			/* at which the next one begins */
	bool		runs;			/* its work may have been kept, or a part */
	const char *error;			/* of the last attempt, or empty */
	const char *digests;		/* of parts, commas between; empty: any */
	const char *running;		/* the digest of the next one, if it runs */
	const char *relation;		/* that this one is about, or empty */
	const char *indexes;		/* an array of those of then */
	const char *leaves;			/* a pattern of those that it leaves behind */
	bool		is_registered;
} UnfinishedPatch;

/* A zeroed one is empty. */
typedef struct Unfinished
{
	PGresult   *result;
	UnfinishedPatch *patches;	/* in the order of their names */
	int			count;
} Unfinished;

/* Fill in a patch from a row of the result of that query, which must stay. */
extern void unfinished_read_row(UnfinishedPatch *patch,
								const PGresult *result, int row);

/*
 * Fill in the list from the result of that query, which it takes over.  Free
 * it with unfinished_free.
 */
extern void unfinished_take(Unfinished *list, PGresult *result);

/* The patch of that name, or NULL. */
extern const UnfinishedPatch *unfinished_find(const Unfinished *list,
											  const char *name);

/* Free what the list holds. */
extern void unfinished_free(Unfinished *list);

#endif							/* DATABASE_UNFINISHED_H */
