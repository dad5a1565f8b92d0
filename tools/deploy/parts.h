/*-------------------------------------------------------------------------
 *
 * deploy/parts.h
 *		Running a file in parts, with a note of each that is done
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_PARTS_H
#define DEPLOY_PARTS_H

#include "deploy/session.h"

/*
 * Run the parts of a step that are not done, as deploy_session_run() runs a
 * file.
 */
extern void deploy_parts_run(SqlSession *session, const PlanStep *step,
							 FileRun *run);

#endif							/* DEPLOY_PARTS_H */
