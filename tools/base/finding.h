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
	FINDING_MISSING_INCLUDE,
	FINDING_RESTRICTED,
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

extern const char *finding_name(FindingKind kind);
extern bool finding_kind(const char *name, FindingKind *kind);
extern bool finding_is_information(const Finding *finding);
extern void finding_add(FindingList *list, FindingKind kind, const char *path,
						int line, const char *format,...)
			pg_attribute_printf(5, 6);
extern void finding_disable(FindingList *list, FindingKind kind,
							const char *path);
extern void finding_disable_named(FindingList *list,
								  const SimpleStringList *kinds,
								  const char *path);
extern bool finding_is_disabled(const FindingList *list,
								const Finding *finding);
extern void finding_sort(FindingList *list);
extern bool finding_repeats(const Finding *finding, const Finding *other);
extern void finding_free(FindingList *list);

#endif							/* BASE_FINDING_H */
