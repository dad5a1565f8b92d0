/*-------------------------------------------------------------------------
 *
 * diff/catalog.h
 *		What there is in a database, as a snapshot
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_CATALOG_H
#define DIFF_CATALOG_H

#include "base/name_table.h"
#include "libpq-fe.h"

/* Something that can be said of an object, in lines without the last end */
typedef struct DiffAspect
{
	const char *name;			/* "definition", "owner", "grants" ... */
	const char *text;
} DiffAspect;

/* All texts live in the catalog. */
typedef struct DiffObject
{
	int			kind;			/* the number of its query */
	const char *type;			/* these are as in diff/queries.h */
	const char *schema;
	const char *relation;
	const char *identity;
	const char *key;			/* never NULL: maybe the identity */
	bool		is_implied;
	DiffAspect *aspects;
	int			count;
} DiffObject;

typedef struct DiffCatalog
{
	PGconn	   *conn;
	PGresult  **results;
	int			result_count;
	char	  **texts;			/* those that are in no result */
	int			text_count;
	bool		is_broken;		/* there was an error, in the last result */
	DiffObject *objects;		/* sorted, once they have been received */
	int			count;
	NameTable  *numbers;		/* of objects, by their numbers in catalogs */
} DiffCatalog;

/* What to leave out, and what not */
typedef struct DiffWishes
{
	bool		is_all;			/* names that the server chose, and so on */
	bool		has_no_owners;
	bool		has_no_grants;
	bool		has_no_database;	/* what is said of the database itself */
	const char *lock_timeout;	/* a value of that setting */
} DiffWishes;

/*
 * Ask what there is in the database of a connection: in a transaction that
 * reads only, with one snapshot, and that is left open.  The answers are to be
 * waited for.  Returns NULL after a message; else the caller frees it with
 * diff_catalog_free.
 */
extern DiffCatalog *diff_catalog_ask(PGconn *conn, const DiffWishes *wishes);

/*
 * Receive the answers of up to two catalogs at the same time, until a signal
 * asks us to stop.  "names" are those of the databases, for messages.  Returns
 * false after a message.
 */
extern bool diff_catalog_receive(DiffCatalog *const *catalogs,
								 const char *const *names, int count,
								 const DiffWishes *wishes);

/* What is said of the object, by the name of an aspect; NULL is nothing. */
extern const char *diff_catalog_aspect(const DiffObject *object,
									   const char *name);

/* The order of objects, for qsort: that of a report; equal are the same. */
extern int	diff_catalog_compare(const void *a, const void *b);

/* Free it.  The connection, and its transaction, stay. */
extern void diff_catalog_free(DiffCatalog *catalog);

#endif							/* DIFF_CATALOG_H */
