/*-------------------------------------------------------------------------
 *
 * diff/queries.h
 *		The questions that tell what is in a database
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_QUERIES_H
#define DIFF_QUERIES_H

/*
 * The first columns of each question.  The questions about aspects have only
 * the first three.  Each further column is an aspect of the objects, and its
 * name is that of the aspect; NULL is none.
 */
enum
{
	DIFF_CLASS, DIFF_ID, DIFF_SUB,	/* as in pg_description */
	DIFF_TYPE,					/* as in pg_identify_object() */
	DIFF_SCHEMA,				/* empty: it is in none */
	DIFF_RELATION,				/* what it is a part of, or itself, or empty */
	DIFF_IDENTITY,				/* as in pg_identify_object() */
	DIFF_KEY,					/* what stands for the identity, or NULL */
	DIFF_IMPLIED,				/* others say whether it exists */
	DIFF_COLUMNS
};

typedef struct DiffQuery
{
	const char *text;			/* for all releases from this one on */
	int			since;			/* 0: for all */
	const char *former;			/* for those before it, or NULL */
} DiffQuery;

/* A question for each kind of objects, in the order of a report */
extern const DiffQuery diff_queries_objects[];
extern const int diff_queries_objects_count;

/* Aspects that all kinds may have */
extern const DiffQuery diff_queries_aspects[];
extern const int diff_queries_aspects_count;

/* The number of the question about the database itself */
#define DIFF_QUERIES_DATABASE 0

#endif							/* DIFF_QUERIES_H */
