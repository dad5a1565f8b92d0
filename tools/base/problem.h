/*-------------------------------------------------------------------------
 *
 * base/problem.h
 *		What is wrong, and where, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/name_table.h"
#include "fe_utils/simple_list.h"

/* How bad it is */
typedef enum ProblemLevel
{
	PROBLEM_REMARK,				/* perhaps nothing at all; else a warning */
	PROBLEM_WARNING,			/* worth knowing, nothing is wrong with it */
	PROBLEM_ERROR				/* not understood or not possible */
} ProblemLevel;

/* What it is; problem_name() gives the name that users know. */
typedef enum ProblemKind
{
	PROBLEM_UNREADABLE,
	PROBLEM_NOT_UNDERSTOOD,
	PROBLEM_UNKNOWN_DIRECTIVE,
	PROBLEM_UNCLEAR_COMMENT,	/* information only */
	PROBLEM_UNCLEAR_ROLLBACK,	/* information only */
	PROBLEM_MISSING_INCLUDE,
	PROBLEM_RESTRICTED,
	PROBLEM_INTERACTIVE,
	PROBLEM_NO_REGISTRATION,
	PROBLEM_DUPLICATE_NAME,
	PROBLEM_NAME_DIFFERS,		/* information only */
	PROBLEM_UNKNOWN_REQUIREMENT,
	PROBLEM_UNKNOWN_JOB,
	PROBLEM_JOB_WITHOUT_ROLLBACK,
	PROBLEM_JOB_NOT_AWAITED,
	PROBLEM_JOB_WITHOUT_KEY,
	PROBLEM_CYCLE,
	PROBLEM_IMPOSSIBLE_PATCH,
	PROBLEM_NO_ROLLBACK,
	PROBLEM_ROLLBACK_WITHOUT_PATCH,
	PROBLEM_VERIFY_WITHOUT_PATCH,
	PROBLEM_VERIFY_NOT_POSSIBLE,
	PROBLEM_REGISTRATION_NOT_FIRST,
	PROBLEM_OUTSIDE_TRANSACTION,
	PROBLEM_NOT_COMMITTED,
	PROBLEM_INSIDE_TRANSACTION,
	PROBLEM_SEVERAL_STATEMENTS,
	PROBLEM_DIFFERS,
	PROBLEM_FILE_CHANGED,
	PROBLEM_CONFLICT,
	PROBLEM_UNFINISHED,
	PROBLEM_NO_FILE,
	PROBLEM_FOREIGN_FUNCTION,
	PROBLEM_KINDS				/* how many there are */
} ProblemKind;

typedef struct Problem
{
	ProblemLevel level;
	ProblemKind kind;
	char	   *path;			/* NULL: it is not about a file */
	char	   *main_path;		/* the file that includes it, or the same */
	int			line;			/* 0: the file as a whole */
	int			number;			/* how many were found before */
	char	   *text;
} Problem;

/* A zeroed one is empty and ready to be used. */
typedef struct ProblemList
{
	Problem    *items;
	int			count;
	const char *main_path;		/* the file whose includes are looked at */
	NameTable  *disabled;		/* names of problems, with paths, or NULL */
} ProblemList;

/* The name of a kind of problems. */
extern const char *problem_name(ProblemKind kind);

/* Find the kind with that name, in any case.  False if there is none. */
extern bool problem_kind(const char *name, ProblemKind *kind);

/* Does it merely inform? */
extern bool problem_is_information(const Problem *problem);

/* The text that is formatted, however long, to be freed with pfree. */
extern char *problem_format(const char *format, va_list args)
			pg_attribute_printf(1, 0);

/*
 * Add a problem of a kind, an error if it does not merely inform, in a file,
 * or in none if the path is NULL; line 0 is the file as a whole.  All texts
 * are copied.
 */
extern void problem_found(ProblemList *list, ProblemKind kind,
						  const char *path, int line, const char *format,...)
			pg_attribute_printf(5, 6);

/*
 * Add a problem that is so bad.  To check, it is a file that is unreadable or,
 * in a line, not understood.
 */
extern void problem_add(ProblemList *list, ProblemLevel level,
						const char *path, int line, const char *format,...)
			pg_attribute_printf(5, 6);

/* Add a problem of a kind that is so bad. */
extern void problem_add_kind(ProblemList *list, ProblemLevel level,
							 ProblemKind kind, const char *path, int line,
							 const char *format,...)
			pg_attribute_printf(6, 7);

/* Is one of them an error? */
extern bool problem_has_errors(const ProblemList *list);

/* Forget all of that kind. */
extern void problem_forget(ProblemList *list, ProblemKind kind);

/* Forget all but the first "count" problems. */
extern void problem_shorten(ProblemList *list, int count);

/* Do not print problems of this kind in a file, or in all if it is NULL. */
extern void problem_disable(ProblemList *list, ProblemKind kind,
							const char *path);

/* The same for all of those kinds, given by names that are known. */
extern void problem_disable_named(ProblemList *list,
								  const SimpleStringList *kinds,
								  const char *path);

/* Is it one that is not to be printed? */
extern bool problem_is_disabled(const ProblemList *list,
								const Problem *problem);

/* Bring the problems into the order in which they are printed. */
extern void problem_sort(ProblemList *list);

/*
 * Has none of those seen said the same?  A file that is included by several is
 * read often.
 */
extern bool problem_is_first(NameTable *seen, const Problem *problem);

/* Free all that the list holds, and make it empty. */
extern void problem_free(ProblemList *list);

#endif							/* BASE_PROBLEM_H */
