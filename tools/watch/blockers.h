/*-------------------------------------------------------------------------
 *
 * watch/blockers.h
 *		Who is in the way of a lock
 *
 *-------------------------------------------------------------------------
 */
#ifndef WATCH_BLOCKERS_H
#define WATCH_BLOCKERS_H

#include "libpq-fe.h"
#include "pqexpbuffer.h"

/*
 * Blockers are a result of one of these queries.  Each row is a lock that is
 * in the way, had or waited for by a process or a prepared transaction; no row
 * is nobody.  NULL stands for nobody, too.
 */

/* Of the lock that a backend waits for, whose number is the parameter. */
extern const char watch_blockers_query[];

/* Of the lock that others were seen in the way of; see below. */
extern const char watch_blockers_look[];

/* The parameters of watch_blockers_look, which live in the blockers */
#define DEPLOY_BLOCKERS_PARAMETERS 3
extern void watch_blockers_parameters(const PGresult *blockers,
									  const char **values);

/*
 * Is somebody of those who were seen in the way still there, whose transaction
 * had lasted for so many milliseconds?
 */
extern bool watch_blockers_remain(const PGresult *seen, int64 least,
								  const PGresult *now);

/* Are they the same? */
extern bool watch_blockers_are_same(const PGresult *a, const PGresult *b);

/*
 * Are all of them autovacuum, which the server ends where it keeps others
 * waiting for as long as deadlock_timeout?  That is set in milliseconds then.
 */
extern bool watch_blockers_yield(const PGresult *blockers,
								 int64 *deadlock_timeout);

/* Does one of them wait for the very backend that was asked about? */
extern bool watch_blockers_are_circle(const PGresult *blockers);

/* For how many milliseconds the backend had been waiting for the lock. */
extern int64 watch_blockers_waited(const PGresult *blockers);

/*
 * Append what is locked, and the first of those who are in the way of that
 * with all that we may know of them; only those who were seen there before, if
 * that is not NULL.
 */
extern void watch_blockers_append(PQExpBuffer text,
								  const PGresult *blockers,
								  const PGresult *seen);

/* The same in a few words. */
extern void watch_blockers_append_short(PQExpBuffer text,
										const PGresult *blockers,
										const PGresult *seen);

/*
 * Print an array of JSON with all of them: an object for each with who it is,
 * what is locked, in which mode, in which one that is wanted, and the
 * statement that would end the holder.
 */
extern void watch_blockers_print(const PGresult *blockers,
								 const PGresult *seen);

/* Append the statements that would end them. */
extern void watch_blockers_append_ending(PQExpBuffer text,
										 const PGresult *blockers,
										 const PGresult *seen);

#endif							/* WATCH_BLOCKERS_H */
