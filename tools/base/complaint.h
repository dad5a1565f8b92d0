/*-------------------------------------------------------------------------
 *
 * base/complaint.h
 *		What is to be said about a script, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_COMPLAINT_H
#define BASE_COMPLAINT_H

#include "lib/stringinfo.h"

typedef enum ComplaintLevel
{
	COMPLAINT_REMARK,			/* perhaps nothing at all; else a warning */
	COMPLAINT_WARNING,			/* worth knowing, nothing is wrong with it */
	COMPLAINT_ERROR				/* not understood or not possible */
} ComplaintLevel;

typedef struct Complaint
{
	ComplaintLevel level;
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

/* Begin a text with what is formatted, however long that is. */
extern void complaint_format(StringInfo text, const char *format,
							 va_list args) pg_attribute_printf(2, 0);

/* Add a complaint; the text is formatted here, the path only referred to. */
extern void complaint_add(ComplaintList *list, ComplaintLevel level,
						  const char *path, int line,
						  const char *format,...) pg_attribute_printf(5, 6);

/* Forget all but the first "count" complaints. */
extern void complaint_shorten(ComplaintList *list, int count);

/* Free all that the list holds, and make it empty. */
extern void complaint_free(ComplaintList *list);

#endif							/* BASE_COMPLAINT_H */
