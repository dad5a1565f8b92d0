/*-------------------------------------------------------------------------
 *
 * base/finding.h
 *		What check has found, until it is printed
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_FINDING_H
#define BASE_FINDING_H

#include "base/name_table.h"
#include "fe_utils/simple_list.h"

/* Kinds of findings; finding_name() gives the name that users know. */
typedef enum FindingKind
{
	FINDING_UNREADABLE,
	FINDING_NOT_UNDERSTOOD,
	FINDING_UNKNOWN_DIRECTIVE,
	FINDING_UNCLEAR_COMMENT,	/* information only */
	FINDING_UNCLEAR_ROLLBACK,	/* information only */
	FINDING_MISSING_INCLUDE,
	FINDING_RESTRICTED,
	FINDING_INTERACTIVE,
	FINDING_NO_REGISTRATION,
	FINDING_DUPLICATE_NAME,
	FINDING_NAME_DIFFERS,		/* information only */
	FINDING_UNKNOWN_REQUIREMENT,
	FINDING_CYCLE,
	FINDING_IMPOSSIBLE_PATCH,
	FINDING_NO_ROLLBACK,
	FINDING_ROLLBACK_WITHOUT_PATCH,
	FINDING_REGISTRATION_NOT_FIRST,
	FINDING_OUTSIDE_TRANSACTION,
	FINDING_NOT_COMMITTED,
	FINDING_INSIDE_TRANSACTION,
	FINDING_SEVERAL_STATEMENTS,
	FINDING_DIFFERS,
	FINDING_FILE_CHANGED,
	FINDING_CONFLICT,
	FINDING_NO_FILE,
	FINDING_FOREIGN_FUNCTION,
	FINDING_KINDS				/* how many there are */
} FindingKind;

typedef struct Finding
{
	FindingKind kind;
	char	   *path;			/* NULL: it is not about a file */
	char	   *main_path;		/* the file that includes it, or the same */
	int			line;			/* 0: the file as a whole */
	int			number;			/* how many were found before */
	char	   *text;
} Finding;

/* A zeroed one is empty and ready to be used. */
typedef struct FindingList
{
	Finding    *items;
	int			count;
	int			space;
	const char *main_path;		/* the file whose includes are looked at */
	NameTable  *disabled;		/* names of findings, with paths, or NULL */
} FindingList;

/* The name of a kind of findings. */
extern const char *finding_name(FindingKind kind);

/* Find the kind with that name, in any case.  False if there is none. */
extern bool finding_kind(const char *name, FindingKind *kind);

/* Does it merely inform? */
extern bool finding_is_information(const Finding *finding);

/* The text that is formatted, however long, to be freed with pfree. */
extern char *finding_format(const char *format, va_list args)
			pg_attribute_printf(1, 0);

/*
 * Add a finding in a file, or about none if the path is NULL; line 0 is the
 * file as a whole.  All texts are copied.
 */
extern void finding_add(FindingList *list, FindingKind kind, const char *path,
						int line, const char *format,...)
			pg_attribute_printf(5, 6);

/* Do not print findings of this kind in a file, or in all if it is NULL. */
extern void finding_disable(FindingList *list, FindingKind kind,
							const char *path);

/* The same for all of those kinds, given by names that are known. */
extern void finding_disable_named(FindingList *list,
								  const SimpleStringList *kinds,
								  const char *path);

/* Is it one that is not to be printed? */
extern bool finding_is_disabled(const FindingList *list,
								const Finding *finding);

/* Bring the findings into the order in which they are printed. */
extern void finding_sort(FindingList *list);

/*
 * Has none of those seen said the same?  A file that is included by several is
 * read often.
 */
extern bool finding_is_first(NameTable *seen, const Finding *finding);

/* Free all that the list holds, and make it empty. */
extern void finding_free(FindingList *list);

#endif							/* BASE_FINDING_H */
