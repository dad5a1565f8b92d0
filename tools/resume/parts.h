/*-------------------------------------------------------------------------
 *
 * resume/parts.h
 *		Running a file in parts, with a note of each that is done
 *
 *-------------------------------------------------------------------------
 */
#ifndef RESUME_PARTS_H
#define RESUME_PARTS_H

#include "run/session.h"

/*
 * Run the parts of a step that are not done, as run_session_run() runs a
 * file.
 */
extern void resume_parts_run(SqlSession *session, const PlanStep *step,
							 FileRun *run);

#endif							/* RESUME_PARTS_H */
