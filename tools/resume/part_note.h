/*-------------------------------------------------------------------------
 *
 * resume/part_note.h
 *		Notes of how far a file has come, as the extension keeps them
 *
 *-------------------------------------------------------------------------
 */
#ifndef RESUME_PART_NOTE_H
#define RESUME_PART_NOTE_H

#include "run/file.h"

/*
 * Append a query that notes that the file of a step is run; what is noted as
 * done is what comes before the part that is next.  "file" is an expression of
 * SQL, such as the setting that names it.  All queries are quoted for the
 * connection.
 */
extern void resume_part_note_begins(PQExpBuffer query, PGconn *conn,
									const PlanStep *step, const char *file);

/*
 * Append a query that notes that a part, counted from 0, runs.  "relation" is
 * an expression of SQL, "leaves" a pattern, or empty.
 */
extern void resume_part_note_runs(PQExpBuffer query, PGconn *conn,
								  const PlanStep *step, int part,
								  const char *relation, const char *leaves);

/* Append a query that notes that a part is done; the last one ends it all. */
extern void resume_part_note_done(PQExpBuffer query, PGconn *conn,
								  const PlanStep *step, int part);

/* Append a query that notes that all is done. */
extern void resume_part_note_over(PQExpBuffer query, PGconn *conn,
								  const PlanStep *step);

/*
 * Note, on the observer's connection, that a file that is no transaction is
 * run as a whole: if nobody notes that it is done, then it is not known what
 * came of it.  If that cannot be noted, because somebody keeps the table
 * locked, say, its run ends with that error: returns false after a message.
 */
extern bool resume_part_note_whole_runs(const FileRunner *runner,
										const PlanStep *step, FileRun *run);

/* Note that it is done, likewise. */
extern bool resume_part_note_whole_done(const FileRunner *runner,
										const PlanStep *step, FileRun *run);

/*
 * Note, likewise, the error that has ended a file, if it has parts.  Nothing
 * of the statement was kept, if that is one that keeps all or nothing; so an
 * error that came when all of it was there, of a note, is none.
 */
extern void resume_part_note_failure(const FileRunner *runner,
									 const PlanStep *step,
									 const FileRun *run);

#endif							/* RESUME_PART_NOTE_H */
