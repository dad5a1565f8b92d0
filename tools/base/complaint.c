/*-------------------------------------------------------------------------
 *
 * base/complaint.c
 *		What is to be said about a script, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/complaint.h"

void
complaint_format(StringInfo text, const char *format, va_list args)
{
	int			needed;

	initStringInfo(text);
	do
	{
		va_list		copy;

		va_copy(copy, args);
		needed = appendStringInfoVA(text, format, copy);
		va_end(copy);
		if (needed > 0)
			enlargeStringInfo(text, needed);
	} while (needed > 0);
}

void
complaint_add(ComplaintList *list, ComplaintLevel level, const char *path,
			  int line, const char *format,...)
{
	StringInfoData text;
	Complaint  *complaint;
	va_list		args;

	va_start(args, format);
	complaint_format(&text, format, args);
	va_end(args);

	if (list->count == list->space)
	{
		list->space = Max(8, 2 * list->space);
		list->items = pg_realloc(list->items,
								 list->space * sizeof(Complaint));
	}
	complaint = &list->items[list->count++];
	complaint->level = level;
	complaint->path = path;
	complaint->line = line;
	complaint->text = text.data;
}

void
complaint_shorten(ComplaintList *list, int count)
{
	while (list->count > count)
		pfree(list->items[--list->count].text);
}

void
complaint_free(ComplaintList *list)
{
	complaint_shorten(list, 0);
	pg_free(list->items);
	memset(list, 0, sizeof(*list));
}
