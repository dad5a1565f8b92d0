/*-------------------------------------------------------------------------
 *
 * diff/compare.h
 *		In what two databases differ
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_COMPARE_H
#define DIFF_COMPARE_H

#include "diff/catalog.h"

/* Who is to blame for one side of a difference; all are NULL if unknown */
typedef struct DiffCulprit
{
	const char *action;			/* "created", "altered", ... */
	const char *patch;			/* NULL: outside a patch */
	const char *event;			/* of the patch */
	const char *role;
	const char *at;				/* for people */
	const char *iso_at;			/* for programs */
	const char *command;		/* its tag */
} DiffCulprit;

/*
 * Something that is another thing in the two databases: an object as a whole,
 * which only one has, or an aspect of it.
 */
typedef struct Difference
{
	const DiffObject *objects[2];	/* NULL: it is not there */
	const char *aspect;			/* NULL: the object as a whole */
	const char *texts[2];		/* of the aspect; NULL: nothing is said */
	DiffCulprit culprits[2];
} Difference;

typedef struct Comparison
{
	DiffCatalog *catalogs[2];
	Difference *items;			/* in the order of a report */
	int			count;
	PGresult   *culprits[2];	/* what their texts live in */
} Comparison;

/*
 * Compare two catalogs, which live as long as the result.  What is a part of
 * something that only one has is no difference of its own.  Free it with
 * diff_compare_free.
 */
extern Comparison *diff_compare(DiffCatalog *a, DiffCatalog *b);

/* The side that has what only one has. */
extern int	diff_compare_side(const Difference *difference);

/*
 * The object after this one that is a part of the object that only one has,
 * or NULL.
 */
extern const DiffObject *diff_compare_next_part(const Comparison *comparison,
												const Difference *difference,
												const DiffObject *previous);

/* Free it, but not the catalogs. */
extern void diff_compare_free(Comparison *comparison);

#endif							/* DIFF_COMPARE_H */
