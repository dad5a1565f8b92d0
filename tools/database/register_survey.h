/*-------------------------------------------------------------------------
 *
 * database/register_survey.h
 *		What kind of a register a database has
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_REGISTER_SURVEY_H
#define DATABASE_REGISTER_SURVEY_H

#include "base/problem.h"
#include "libpq-fe.h"

/* A zeroed one is ready to be used. */
typedef struct RegisterSurvey
{
	bool		has_history;	/* there is _v.history */
	bool		has_progress;	/* and _v.in_progress */
	bool		has_unfinished; /* and _v.unfinished, */
	bool		may_be_unfinished;	/* and maybe some patches are there */
	bool		has_jobs;		/* and _v.jobs, and maybe some are there */
	ProblemList functions;	/* of those that are not the extension's */
	bool		is_captured;	/* by one of them a patch may be registered */
} RegisterSurvey;

/*
 * Look what there is in schema _v; a database without it has nothing of that.
 * Returns false after a message if the server does not answer.  Free it with
 * register_survey_free.
 */
extern bool register_survey_take(PGconn *conn, RegisterSurvey *survey);

/* The same in parts.  First: which relations are there? */
extern bool register_survey_begin(PGconn *conn, RegisterSurvey *survey);

/* A query: are there functions that are not the extension's? */
extern const char register_survey_query[];

/* If that is so, find them. */
extern bool register_survey_finish(PGconn *conn, RegisterSurvey *survey);

/* Free what the survey holds. */
extern void register_survey_free(RegisterSurvey *survey);

#endif							/* DATABASE_REGISTER_SURVEY_H */
