/*-------------------------------------------------------------------------
 *
 * resume/repair.h
 *		What came of a part that was not noted as done
 *
 *-------------------------------------------------------------------------
 */
#ifndef RESUME_REPAIR_H
#define RESUME_REPAIR_H

#include "run/session.h"

/*
 * Append an expression of SQL for the relation that a part of a step is about,
 * if it says CONCURRENTLY; else NULL.
 */
extern void resume_repair_append_relation(PQExpBuffer query, PGconn *conn,
										  const PlanStep *step, int part);

/*
 * Append a regular expression for the names of the indexes that a part of a
 * step may leave behind; nothing, if it leaves none.
 */
extern void resume_repair_append_leaves(PQExpBuffer pattern,
										const PlanStep *step, int part);

/*
 * The step's patch is unfinished, and when the last attempt ended, a part was
 * being run.  Take away what is left of that.  If it is that part, "is_done"
 * tells whether all of it is there.  Returns false after a message: that
 * failed, or it is not for us to decide.
 */
extern bool resume_repair(SqlSession *session, const PlanStep *step, int part,
						  bool *is_done);

/*
 * A part that creates an index has run: is that index valid?  IF NOT EXISTS
 * may have found one that is not.  Returns false after a message.
 */
extern bool resume_repair_check(SqlSession *session, const PlanStep *step,
								int part);

#endif							/* RESUME_REPAIR_H */
