/*-------------------------------------------------------------------------
 *
 * plan/state.h
 *		What the project and the register together say of each patch
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_STATE_H
#define PLAN_STATE_H

#include "plan/judge.h"

typedef enum PatchStateKind
{
	PATCH_IS_APPLIED,
	PATCH_IS_PENDING,			/* could be applied, with what it requires */
	PATCH_IS_WAITING,			/* for a job; "reasons" says how far it is */
	PATCH_IS_BLOCKED,			/* could not; "reasons" says why */
	PATCH_IS_UNFINISHED,		/* "unfinished" says how far it has come */
	PATCH_IS_BEING_APPLIED,		/* by "session", whatever else is known */
	PATCH_IS_BEING_TAKEN_BACK
} PatchStateKind;

typedef struct PatchState
{
	const char *name;
	PatchStateKind kind;
	const AppliedPatch *applied;	/* NULL: it is not in the register */
	const UnfinishedPatch *unfinished;	/* NULL: it is not begun, or whole */
	const PatchSession *session;	/* NULL: none is in it */
	const PatchCall *call;		/* NULL: no file registers it */
	const ProjectFile *file;	/* NULL then as well */
	const SimpleStringList *requirements;	/* as registered or, if it is */
	const SimpleStringList *conflicts;	/* not applied, in its file */
	bool		differs;		/* from its row in the register */
	bool		has_changed;	/* the file, since the patch was applied */
	SimpleStringList reasons;	/* why it is blocked, or waits: phrases */
} PatchState;

typedef struct PatchStates
{
	PatchState *items;			/* applied ones in their order, then pending
								 * ones in theirs, then what only a session
								 * knows */
	int			count;
	int			applied;		/* how many of each kind */
	int			pending;
	int			waiting;
	int			blocked;
	int			unfinished;
	int			in_progress;
	int			without_file;	/* applied, but no file here */
	int			differing;
	int			changed;
	const Jobs *jobs;			/* of all patches, or NULL */
	Judgement  *judgement;		/* of those that are not applied */
} PatchStates;

/* The name of a kind, for people and programs. */
extern const char *plan_state_name(PatchStateKind kind);

/*
 * Put both together: first what is applied, in the order in which it was,
 * then what is not, in the order in which it would be, with what cannot be put
 * in order at its end.  The states refer to project and register, which may
 * be NULL.  Free them with plan_state_free.
 */
extern PatchStates *plan_state_create(const Project *project,
									  const Register *reg);

/*
 * What is required and in conflict, in words: "requires ... and conflicts with
 * ...".  The caller frees them.
 */
extern char *plan_state_claim(const SimpleStringList *requirements,
							  const SimpleStringList *conflicts);

/* Free the states. */
extern void plan_state_free(PatchStates *states);

#endif							/* PLAN_STATE_H */
