/*-------------------------------------------------------------------------
 *
 * plan/judge.h
 *		What stands in the way of patches
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAN_JUDGE_H
#define PLAN_JUDGE_H

#include "database/register.h"
#include "project/project.h"

typedef enum ObstacleKind
{
	OBSTACLE_MISSING,			/* it requires what nobody has */
	OBSTACLE_UNFINISHED,		/* it requires what nobody here can finish */
	OBSTACLE_CONFLICT,			/* it conflicts with one that is applied */
	OBSTACLE_ENEMY,				/* an applied one conflicts with it */
	OBSTACLE_RIVAL,				/* it conflicts with one to be applied, too */
	OBSTACLE_NEIGHBOUR,			/* its file registers one that is applied */
	OBSTACLE_NO_JOB,			/* its file waits for what nobody registers */
	OBSTACLE_FOREIGN_JOB,		/* or for what nobody must register before */
	OBSTACLE_ORDER,				/* it waits for itself: "other" says how */
	OBSTACLE_BLOCKED,			/* it requires one that is blocked */
	OBSTACLE_COMPANION			/* its file registers one that is blocked */
} ObstacleKind;

typedef struct Obstacle
{
	ObstacleKind kind;
	const ProjectFile *file;
	const PatchCall *call;		/* which registers the patch, in that file */
	const char *other;			/* the patch, or job, that is in the way */
} Obstacle;

/* What a file waits for, which is no obstacle: in time it can be applied */
typedef struct JudgedWait
{
	const PatchJob *job;		/* one that is not done, or NULL */
	const char *patch;			/* or a patch that waits, or NULL */
} JudgedWait;

/* It refers to the project and the register, which must outlive it. */
typedef struct Judgement
{
	const Project *project;
	const Register *reg;		/* NULL: nothing is known to be applied */
	const bool *wanted;			/* by the numbers of patch files; NULL: all */
	Obstacle   *obstacles;
	int			count;
	int		   *order;			/* files with something pending, as they can */
	int			order_count;	/* be applied, but for those in the way */
	ProblemList problems;		/* of the order */
	JudgedWait *waits;			/* by the numbers of patch files; without a
								 * register, for nothing */
	bool	   *has_obstacle;	/* by the numbers of names */
	bool	   *is_left_out;	/* likewise: it has no place in the order */
} Judgement;

/*
 * Does the call register a patch that is not applied yet, as far as the
 * register says, which may be NULL?
 */
extern bool plan_judge_is_pending(const Register *reg, const PatchCall *call);

/*
 * Judge what would come of applying all that is pending in the patch files
 * that are wanted.  Free it with plan_judge_free.
 */
extern Judgement *plan_judge_create(const Project *project,
									const Register *reg, const bool *wanted);

/* An obstacle as a phrase about the patch; the caller frees it. */
extern char *plan_judge_phrase(const Obstacle *obstacle);

/* Does the patch file of that number wait, and nothing else keeps it back? */
extern bool plan_judge_waits(const Judgement *judgement, int file);

/* What it waits for, as a phrase about a patch; the caller frees it. */
extern char *plan_judge_wait_phrase(const Judgement *judgement, int file);

/*
 * Add the obstacles to the problems, but for those that merely follow from
 * others, and, without a register, conflicts: the patches may be alternatives.
 */
extern void plan_judge_report(const Judgement *judgement,
							  ProblemList *problems);

/* Free the judgement. */
extern void plan_judge_free(Judgement *judgement);

#endif							/* PLAN_JUDGE_H */
