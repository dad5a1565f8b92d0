/*-------------------------------------------------------------------------
 *
 * truth_source.h
 *		A look at the database from outside of the session that runs files
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRUTH_SOURCE_H
#define TRUTH_SOURCE_H

#include "libpq-fe.h"
#include "patch_plan.h"

/* A connection that is made anew if it is lost, and what it has seen first */
typedef struct TruthSource
{
	PGconn	   *given;			/* not owned */
	PGconn	   *own;			/* after it is lost, or NULL */
	bool		is_prepared;	/* the statement is, on that connection */
	PGresult   *before;			/* the names that were registered */
	char	   *role_settings;	/* a mark of ALTER ROLE and DATABASE SET */
} TruthSource;

extern bool truth_source_open(TruthSource *source, PGconn *conn);
extern void truth_source_ask(TruthSource *source, const PlanStep *step);
extern bool truth_source_answer(TruthSource *source, const PlanStep *step,
								int *registered, bool *has_new_settings);
extern bool truth_source_reconnect(TruthSource *source);
extern PGresult *truth_source_query(const TruthSource *source,
									const char *query, int count,
									const char *const *values);
extern PGresult *truth_source_names(const TruthSource *source);
extern void truth_source_close(TruthSource *source);

#endif							/* TRUTH_SOURCE_H */
