/*-------------------------------------------------------------------------
 *
 * patch/call.h
 *		The calls of register_patch and its kin, with their arguments
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_CALL_H
#define PATCH_CALL_H

#include "base/problem.h"
#include "fe_utils/simple_list.h"
#include "patch/job.h"
#include "psql/script.h"

typedef enum PatchAction
{
	PATCH_REGISTER,				/* _v.register_patch */
	PATCH_TRY_REGISTER,			/* _v.try_register_patch */
	PATCH_UNREGISTER			/* _v.unregister_patch */
} PatchAction;

/* The names of these functions, without their schema */
extern const char *const patch_call_functions[3];

/* One call, with those of its arguments that are constants. */
typedef struct PatchCall
{
	PatchAction action;
	int			line;
	char	   *name;
	SimpleStringList requirements;
	SimpleStringList conflicts;
} PatchCall;

/* The calls that running a file would make */
typedef struct PatchFile
{
	PatchJob   *jobs;			/* calls about jobs, if they are wanted */
	int			job_count;
	PatchCall  *calls;			/* in the order they are made */
	int			count;
	ProblemList problems;		/* without a path: the caller knows it */
} PatchFile;

/*
 * Read the arguments of the call, whose opening parenthesis is the current
 * token; afterwards that is what follows the closing one, or the end of the
 * statement if there is none.  "call" says the action and the line already.
 * Returns whether it is a call that registers something, by a name that is
 * known; if not, or not all of it is understood, there are problems.  The
 * caller frees the call with patch_call_free in any case.
 */
extern bool patch_call_read(PsqlScript *script, PatchCall *call,
							ProblemList *problems);

/* Does the patch that is registered conflict with that one? */
extern bool patch_call_conflicts(const PatchCall *call, const char *name);

/* Free what a call holds. */
extern void patch_call_free(PatchCall *call);

#endif							/* PATCH_CALL_H */
