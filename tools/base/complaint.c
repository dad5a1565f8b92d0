/*-------------------------------------------------------------------------
 *
 * base/complaint.c
 *		What is to be said about a script, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/complaint.h"

static void add(ComplaintList *list, ComplaintLevel level, FindingKind kind,
				const char *path, int line, const char *format, va_list args)
			pg_attribute_printf(6, 0);

/* Add a complaint, with the arguments of its text. */
static void
add(ComplaintList *list, ComplaintLevel level, FindingKind kind,
	const char *path, int line, const char *format, va_list args)
{
	Complaint  *complaint;

	if (list->count == list->space)
	{
		list->space = Max(8, 2 * list->space);
		list->items = pg_realloc(list->items,
								 list->space * sizeof(Complaint));
	}
	complaint = &list->items[list->count++];
	complaint->level = level;
	complaint->kind = kind;
	complaint->path = path;
	complaint->line = line;
	complaint->text = finding_format(format, args);
}

void
complaint_add(ComplaintList *list, ComplaintLevel level, const char *path,
			  int line, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	add(list, level, line == 0 ? FINDING_UNREADABLE : FINDING_NOT_UNDERSTOOD,
		path, line, format, args);
	va_end(args);
}

void
complaint_add_finding(ComplaintList *list, ComplaintLevel level,
					  FindingKind kind, const char *path, int line,
					  const char *format,...)
{
	va_list		args;

	va_start(args, format);
	add(list, level, kind, path, line, format, args);
	va_end(args);
}

bool
complaint_has_errors(const ComplaintList *list)
{
	int			i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].level == COMPLAINT_ERROR)
			return true;
	return false;
}

void
complaint_forget(ComplaintList *list, FindingKind kind)
{
	int			kept = 0;
	int			i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].kind == kind)
			pfree(list->items[i].text);
		else
			list->items[kept++] = list->items[i];
	list->count = kept;
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
