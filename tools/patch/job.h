/*-------------------------------------------------------------------------
 *
 * patch/job.h
 *		The calls of register_job and assert_job_is_done
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_JOB_H
#define PATCH_JOB_H

#include "psql/script.h"

typedef enum JobAction
{
	JOB_REGISTER,				/* _v.register_job */
	JOB_AWAIT					/* _v.assert_job_is_done */
} JobAction;

/* The names of these functions, without their schema */
extern const char *const patch_job_functions[2];

/* One call, with those of its arguments that are constants. */
typedef struct PatchJob
{
	JobAction	action;
	int			line;
	char	   *name;
	char	   *table;			/* as SQL has it; NULL: not known */
} PatchJob;

/* Which of these functions the token names; -1: none */
extern int	patch_job_function(const SqlToken *token);

/*
 * Read the arguments of the call, whose opening parenthesis is the current
 * token; afterwards that is what follows the closing one, or the end of the
 * statement.  "job" says the action and the line already.  Returns whether
 * its name is known.  The caller frees the job with patch_job_free in any
 * case.
 */
extern bool patch_job_read(PsqlScript *script, PatchJob *job);

/* Free what a job holds. */
extern void patch_job_free(PatchJob *job);

#endif							/* PATCH_JOB_H */
