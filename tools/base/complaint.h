/*-------------------------------------------------------------------------
 *
 * base/complaint.h
 *		What is to be said about a script, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_COMPLAINT_H
#define BASE_COMPLAINT_H

#include "base/finding.h"

typedef enum ComplaintLevel
{
	COMPLAINT_REMARK,			/* perhaps nothing at all; else a warning */
	COMPLAINT_WARNING,			/* worth knowing, nothing is wrong with it */
	COMPLAINT_ERROR				/* not understood or not possible */
} ComplaintLevel;

typedef struct Complaint
{
	ComplaintLevel level;
	FindingKind kind;			/* what check calls it */
	const char *path;			/* the file, or NULL; not owned */
	int			line;			/* 0: the file as a whole */
	char	   *text;
} Complaint;

/* A zeroed one is empty and ready to be used. */
typedef struct ComplaintList
{
	Complaint  *items;
	int			count;
	int			space;
} ComplaintList;

/*
 * Add a complaint; the text is formatted here, the path only referred to.  To
 * check, it is a file that is unreadable or, in a line, not understood.
 */
extern void complaint_add(ComplaintList *list, ComplaintLevel level,
						  const char *path, int line,
						  const char *format,...) pg_attribute_printf(5, 6);

/* The same, of another kind. */
extern void complaint_add_finding(ComplaintList *list, ComplaintLevel level,
								  FindingKind kind, const char *path,
								  int line, const char *format,...)
			pg_attribute_printf(6, 7);

/* Is one of them an error? */
extern bool complaint_has_errors(const ComplaintList *list);

/* Forget all of that kind. */
extern void complaint_forget(ComplaintList *list, FindingKind kind);

/* Forget all but the first "count" complaints. */
extern void complaint_shorten(ComplaintList *list, int count);

/* Free all that the list holds, and make it empty. */
extern void complaint_free(ComplaintList *list);

#endif							/* BASE_COMPLAINT_H */
