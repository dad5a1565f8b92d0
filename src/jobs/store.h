/*-------------------------------------------------------------------------
 *
 * jobs/store.h
 *		The tables of the jobs: queries on them, whoever is the caller.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOBS_STORE_H
#define JOBS_STORE_H

/*
 * Runs a query on the tables of the jobs, with these strings as its parameters
 * $1, $2 and so on, of type text; NULL is NULL.  The query is a constant, and
 * is prepared once for the session.  It sees what is committed at this moment
 * and what this transaction has done, in any isolation level.  Returns how
 * many rows came or were written.  SPI must be connected.  Raises what the
 * query raises, such as 25006.
 */
#define jobs_store(query, ...) \
	jobs_store_execute(query, (const char *const []) {__VA_ARGS__}, \
					   lengthof(((const char *const []) {__VA_ARGS__})))

extern uint64 jobs_store_execute(const char *query,
								 const char *const *parameters, int count);

/*
 * A value of a row that the last query has returned, both counted from 0; NULL
 * for NULL.  A copy in the current memory context.
 */
extern char *jobs_store_value(uint64 row, int column);

/* The same as a number; 0 for NULL. */
extern int64 jobs_store_int(uint64 row, int column);

/* The same as a truth value; false for NULL. */
extern bool jobs_store_bool(uint64 row, int column);

/* Frees the rows of the last query. */
extern void jobs_store_free(void);

#endif							/* JOBS_STORE_H */
