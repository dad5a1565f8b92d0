/*-------------------------------------------------------------------------
 *
 * jobs/key.h
 *		The key that tells the rows of a table apart, and says their order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_KEY_H
#define JOBS_KEY_H

#include "access/tupdesc.h"
#include "fmgr.h"
#include "utils/relcache.h"

/* A column of a key */
typedef struct JobKeyColumn
{
	AttrNumber	number;			/* in the table */
	const char *name;			/* quoted */
	Oid			type;
	int32		typmod;
	Oid			collation;
	Oid			opfamily;
	Oid			opcintype;
	bool		is_equal_image; /* are equal values the same bytes? */
	FmgrInfo	input;			/* and output: of the type */
	FmgrInfo	output;
	FmgrInfo	compare;		/* of the operator class */
	Oid			input_parameter;
} JobKeyColumn;

typedef struct JobKey
{
	const char *table;			/* as FROM has it: quoted, with its schema */
	const char *description;	/* its columns, with types and collations */
	int			count;			/* of the columns */
	JobKeyColumn *columns;
	TupleDesc	row;			/* of the columns alone */
} JobKey;

/*
 * The primary key of the table, or else a unique index on columns that are NOT
 * NULL; either not deferrable, and in the default order of its types.  If a
 * description is not NULL, it is the key that has this one.  Raises 55000 if
 * there is none.  The table is open, and locked; the result is in the current
 * memory context.
 */
extern JobKey *jobs_key_find(Relation table, const char *description);

/* The columns in SQL, each with this in front: "t.a, t.b". */
extern char *jobs_key_columns(const JobKey *key, const char *prefix);

/*
 * A condition in SQL on the row "t": its key compares so, by a strategy number
 * of btree, with the parameters from $first on, one a column.
 */
extern char *jobs_key_condition(const JobKey *key, int strategy, int first);

/* The same with the row "batch" in the place of parameters, for equality. */
extern char *jobs_key_join(const JobKey *key);

/*
 * The key of a row as text, which another session, and another cluster, reads
 * as the same key: the text of an array, of the values as their types print
 * them.  Runs the output functions of the types, under the settings that
 * jobs_key_settings() makes.
 */
extern char *jobs_key_image(const JobKey *key, const Datum *values);

/* The values of an image.  Runs the input functions of the types. */
extern Datum *jobs_key_parse(const JobKey *key, const char *image);

/* Compares the values as the index does: negative, 0 or positive. */
extern int	jobs_key_compare(const JobKey *key, const Datum *a,
							 const Datum *b);

/*
 * Makes the settings, by which types read and print their values and by which
 * SQL finds its operators, what they are for keys; until the caller gives
 * back the nest level of GUCs that it has begun.
 */
extern void jobs_key_settings(void);

#endif							/* JOBS_KEY_H */
