/*-------------------------------------------------------------------------
 *
 * script/question.h
 *		What a script asks of a person, who is not there when it is run
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_QUESTION_H
#define SCRIPT_QUESTION_H

#include "base/problem.h"
#include "psql/command.h"

/*
 * What is wrong with a meta-command that asks somebody, or reads psql's
 * standard input, and how bad it is; or NULL.  The caller frees it.
 */
extern char *script_question_find(const PsqlCommand *command,
								  bool is_doubtful, ProblemLevel *level);

#endif							/* SCRIPT_QUESTION_H */
