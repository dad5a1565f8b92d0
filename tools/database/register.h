/*-------------------------------------------------------------------------
 *
 * database/register.h
 *		The rows of _v.patches
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_REGISTER_H
#define DATABASE_REGISTER_H

#include "base/name_table.h"
#include "database/in_progress.h"
#include "database/jobs.h"
#include "database/register_survey.h"
#include "database/unfinished.h"
#include "fe_utils/simple_list.h"

typedef struct AppliedPatch
{
	const char *name;			/* these live in the register's result */
	const char *applied_at;		/* timestamptz, in ISO format */
	const char *applied_by;
	const char *sha256;			/* of the file that did it; empty: unknown */
	SimpleStringList requirements;
	SimpleStringList conflicts;
	const UnfinishedPatch *unfinished;	/* NULL: all of it is done */
} AppliedPatch;

typedef struct Register
{
	RegisterSurvey survey;
	PGresult   *result;
	NameTable  *table;			/* name -> number of its patch */
	AppliedPatch *patches;		/* in the order of their registrations */
	int			count;
	InProgress	progress;		/* read after the patches */
	Unfinished	unfinished;		/* the same; some of them are in the rows */
	Jobs		jobs;			/* the same */
	ProblemList problems;	/* of rows that are not as they should be */
} Register;

/*
 * Read the register, as it is at one moment.  Returns NULL after a message;
 * else the caller frees it with register_free.
 */
extern Register *register_read(PGconn *conn);

/*
 * The same in two steps, between which there is time for anything that does
 * not need the connection.  What was asked for is to be received; NULL, after
 * a message, may be received, too.
 */
extern Register *register_ask(PGconn *conn);
extern Register *register_receive(Register *reg, PGconn *conn);

/* Is it applied, all of it?  Returns the patch, or NULL. */
extern const AppliedPatch *register_find(const Register *reg,
										 const char *name);

/* Is it in the register, maybe unfinished?  Returns the patch, or NULL. */
extern const AppliedPatch *register_find_row(const Register *reg,
											 const char *name);

/* Free the register and all that is in it. */
extern void register_free(Register *reg);

#endif							/* DATABASE_REGISTER_H */
