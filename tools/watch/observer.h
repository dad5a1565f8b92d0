/*-------------------------------------------------------------------------
 *
 * watch/observer.h
 *		A look at the database from outside the session that runs files
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_OBSERVER_H
#define WATCH_OBSERVER_H

#include "libpq-fe.h"
#include "plan/plan.h"
#include "pqexpbuffer.h"

/* A connection that is made anew if it is lost, and what it has seen first */
typedef struct Observer
{
	PGconn	   *given;			/* not owned */
	PGconn	   *own;			/* after it is lost, or NULL */
	bool		is_prepared;	/* the statement is, on that connection */
	bool		is_prepared_for_blockers;	/* so is the one about them */
	bool		is_asked;		/* for blockers, and they are still to come */
	bool		is_asked_aside; /* something else that is still to come */
	PGresult   *before;			/* the names that were registered */
	char	   *role_settings;	/* a mark of ALTER ROLE and DATABASE SET */
} Observer;

/*
 * Begin to look, before anything is run.  Returns false after a message.
 */
extern bool watch_observer_open(Observer *source, PGconn *conn);

/*
 * Ask how many names of a step are registered, without waiting for the answer.
 */
extern void watch_observer_ask(Observer *source, const PlanStep *step);

/*
 * Wait for the answer: how many names of the step are registered, and whether
 * ALTER ROLE or ALTER DATABASE have changed what sessions begin with since the
 * last time.  Returns false if the server does not answer.
 */
extern bool watch_observer_answer(Observer *source, const PlanStep *step,
								  int *registered, bool *has_new_settings);

/*
 * Ask whom a backend waits for, without waiting for the answer; nothing is
 * done if an answer is still to come.
 */
extern void watch_observer_ask_blockers(Observer *source, int pid);

/*
 * Take the answer, if it has come: see watch/blockers.h.  Returns NULL if
 * there is no answer yet, or it is none; else the caller clears it.
 */
extern PGresult *watch_observer_blockers(Observer *source);

/*
 * Ask who is in the way now, after these were seen in the way.  Returns NULL,
 * without a message, if the server does not answer; else the caller clears it.
 */
extern PGresult *watch_observer_look(Observer *source,
									 const PGresult *blockers);

/* Prepare a statement of that name, whose parameter is a process number. */
extern void watch_observer_prepare(Observer *source, const char *name,
								   const char *query);

/*
 * Have a prepared statement executed for the process of that number, without
 * waiting for the answer.  No answer to something else may be still to come.
 */
extern void watch_observer_ask_aside(Observer *source, const char *name,
									 const char *number);

/*
 * Take the answer, which the caller frees, and which is NULL if it is an
 * error.  Returns false if there is none yet and it is not to be waited for.
 */
extern bool watch_observer_answer_aside(Observer *source, bool waits,
										PGresult **result);

/* Is the connection there, as far as has been noticed? */
extern bool watch_observer_is_connected(const Observer *source);

/* Connect anew if the connection is lost.  Returns false if that fails. */
extern bool watch_observer_reconnect(Observer *source);

/*
 * The same, tried once, if the loss has been noticed.  Then no answer is still
 * to come.
 */
extern void watch_observer_revive(Observer *source);

/*
 * Ask the server.  Returns NULL, without a message, if it does not answer as
 * it should.
 */
extern PGresult *watch_observer_query(const Observer *source,
									  const char *query, int count,
									  const char *const *values);

/* What the server has said, if it did not answer as it should. */
extern const char *watch_observer_error(const Observer *source);

/* The names of a step as the text of an array; the caller frees it. */
extern char *watch_observer_array(const PlanStep *step);

/* The names that are registered, or NULL. */
extern PGresult *watch_observer_names(const Observer *source);

/* Free what the source holds. */
extern void watch_observer_close(Observer *source);

#endif							/* WATCH_OBSERVER_H */
