/*-------------------------------------------------------------------------
 *
 * deploy/observer.h
 *		A look at the database from outside of the session that runs files
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_OBSERVER_H
#define DEPLOY_OBSERVER_H

#include "libpq-fe.h"
#include "plan/plan.h"

/* A connection that is made anew if it is lost, and what it has seen first */
typedef struct Observer
{
	PGconn	   *given;			/* not owned */
	PGconn	   *own;			/* after it is lost, or NULL */
	bool		is_prepared;	/* the statement is, on that connection */
	PGresult   *before;			/* the names that were registered */
	char	   *role_settings;	/* a mark of ALTER ROLE and DATABASE SET */
} Observer;

extern bool deploy_observer_open(Observer *source, PGconn *conn);
extern void deploy_observer_ask(Observer *source, const PlanStep *step);
extern bool deploy_observer_answer(Observer *source, const PlanStep *step,
								   int *registered, bool *has_new_settings);
extern bool deploy_observer_reconnect(Observer *source);
extern PGresult *deploy_observer_query(const Observer *source,
									   const char *query, int count,
									   const char *const *values);
extern PGresult *deploy_observer_names(const Observer *source);
extern void deploy_observer_close(Observer *source);

#endif							/* DEPLOY_OBSERVER_H */
