/*-------------------------------------------------------------------------
 *
 * deploy/part_note.h
 *		Notes of how far a file has come, as the extension keeps them
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_PART_NOTE_H
#define DEPLOY_PART_NOTE_H

#include "plan/plan.h"
#include "pqexpbuffer.h"

/*
 * Append a query that notes that the file of a step is run; what is noted as
 * done is what comes before the part that is next.  "file" is an expression of
 * SQL, such as the setting that names it.  All queries are quoted for the
 * connection.
 */
extern void deploy_part_note_begins(PQExpBuffer query, PGconn *conn,
							   const PlanStep *step, const char *file);

/* All of a file, in the place of a part */
#define DEPLOY_PART_NOTE_WHOLE (-1)

/*
 * Append a query that notes that a part, counted from 0, runs, or all of the
 * file.  "relation" is an expression of SQL.
 */
extern void deploy_part_note_runs(PQExpBuffer query, PGconn *conn,
							 const PlanStep *step, int part,
							 const char *relation);

/* Append a query that notes that a part is done; the last one ends it all. */
extern void deploy_part_note_done(PQExpBuffer query, PGconn *conn,
							 const PlanStep *step, int part);

/* Append a query that notes an error. */
extern void deploy_part_note_failed(PQExpBuffer query, PGconn *conn,
							   const PlanStep *step, const char *error);

/* Append a query that notes that all is done. */
extern void deploy_part_note_over(PQExpBuffer query, PGconn *conn,
							 const PlanStep *step);

#endif							/* DEPLOY_PART_NOTE_H */
