/*-------------------------------------------------------------------------
 *
 * base/finding.c
 *		What check has found, until it is printed
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/finding.h"
#include "lib/stringinfo.h"

static const char *const names[] = {
	[FINDING_UNREADABLE] = "unreadable",
	[FINDING_NOT_UNDERSTOOD] = "not-understood",
	[FINDING_UNKNOWN_DIRECTIVE] = "unknown-directive",
	[FINDING_UNCLEAR_COMMENT] = "unclear-comment",
	[FINDING_UNCLEAR_ROLLBACK] = "unclear-rollback",
	[FINDING_MISSING_INCLUDE] = "missing-include",
	[FINDING_RESTRICTED] = "restricted",
	[FINDING_INTERACTIVE] = "interactive",
	[FINDING_NO_REGISTRATION] = "no-registration",
	[FINDING_DUPLICATE_NAME] = "duplicate-name",
	[FINDING_NAME_DIFFERS] = "name-differs",
	[FINDING_UNKNOWN_REQUIREMENT] = "unknown-requirement",
	[FINDING_CYCLE] = "cycle",
	[FINDING_IMPOSSIBLE_PATCH] = "impossible-patch",
	[FINDING_NO_ROLLBACK] = "no-rollback",
	[FINDING_ROLLBACK_WITHOUT_PATCH] = "rollback-without-patch",
	[FINDING_REGISTRATION_NOT_FIRST] = "registration-not-first",
	[FINDING_OUTSIDE_TRANSACTION] = "outside-transaction",
	[FINDING_NOT_COMMITTED] = "not-committed",
	[FINDING_INSIDE_TRANSACTION] = "inside-transaction",
	[FINDING_SEVERAL_STATEMENTS] = "several-statements",
	[FINDING_DIFFERS] = "differs",
	[FINDING_FILE_CHANGED] = "file-changed",
	[FINDING_CONFLICT] = "conflict",
	[FINDING_NO_FILE] = "no-file",
	[FINDING_FOREIGN_FUNCTION] = "foreign-function"
};

StaticAssertDecl(lengthof(names) == FINDING_KINDS, "every finding has a name");

const char *
finding_name(FindingKind kind)
{
	return names[kind];
}

bool
finding_kind(const char *name, FindingKind *kind)
{
	int			i;

	for (i = 0; i < FINDING_KINDS; i++)
	{
		if (pg_strcasecmp(name, names[i]) != 0)
			continue;
		*kind = (FindingKind) i;
		return true;
	}
	return false;
}

bool
finding_is_information(const Finding *finding)
{
	return finding->kind == FINDING_NAME_DIFFERS ||
		finding->kind == FINDING_UNCLEAR_COMMENT ||
		finding->kind == FINDING_UNCLEAR_ROLLBACK;
}

char *
finding_format(const char *format, va_list args)
{
	StringInfoData text;
	int			needed;

	initStringInfo(&text);
	do
	{
		va_list		copy;

		va_copy(copy, args);
		needed = appendStringInfoVA(&text, format, copy);
		va_end(copy);
		if (needed > 0)
			enlargeStringInfo(&text, needed);
	} while (needed > 0);
	return text.data;
}

void
finding_add(FindingList *list, FindingKind kind, const char *path, int line,
			const char *format,...)
{
	Finding    *finding;
	va_list		args;

	if (list->count == list->space)
	{
		list->space = Max(16, 2 * list->space);
		list->items = pg_realloc(list->items, list->space * sizeof(Finding));
	}
	finding = &list->items[list->count];
	finding->kind = kind;
	finding->path = path == NULL ? NULL : pg_strdup(path);
	finding->main_path = list->main_path == NULL ? NULL :
		pg_strdup(list->main_path);
	finding->line = line;
	finding->number = list->count++;
	va_start(args, format);
	finding->text = finding_format(format, args);
	va_end(args);
}

/* What stands for a kind of findings in a file, to be freed by the caller. */
static char *
disabled_key(FindingKind kind, const char *path)
{
	return psprintf("%s %s", names[kind], path);
}

void
finding_disable(FindingList *list, FindingKind kind, const char *path)
{
	char	   *key = disabled_key(kind, path == NULL ? "" : path);

	if (list->disabled == NULL)
		list->disabled = name_table_create(16);
	(void) name_table_add(list->disabled, key);
	pg_free(key);
}

void
finding_disable_named(FindingList *list, const SimpleStringList *kinds,
					  const char *path)
{
	const SimpleStringListCell *cell;
	FindingKind kind;

	for (cell = kinds->head; cell != NULL; cell = cell->next)
		if (finding_kind(cell->val, &kind))
			finding_disable(list, kind, path);
}

/* Is this kind of findings disabled for that file, or "" for all? */
static bool
is_disabled_for(const FindingList *list, FindingKind kind, const char *path)
{
	char	   *key = disabled_key(kind, path);
	bool		result = name_table_find(list->disabled, key) !=
		NAME_TABLE_NONE;

	pg_free(key);
	return result;
}

bool
finding_is_disabled(const FindingList *list, const Finding *finding)
{
	if (list->disabled == NULL)
		return false;
	return is_disabled_for(list, finding->kind, "") ||
		(finding->path != NULL &&
		 is_disabled_for(list, finding->kind, finding->path)) ||
		(finding->main_path != NULL &&
		 is_disabled_for(list, finding->kind, finding->main_path));
}

/*
 * The order in which they are printed: by files and lines, what is about no
 * file at the end.
 */
static int
compare(const void *a, const void *b)
{
	const Finding *x = (const Finding *) a;
	const Finding *y = (const Finding *) b;
	int			order;

	if (x->path == NULL || y->path == NULL)
		order = (x->path == NULL) - (y->path == NULL);
	else
		order = strcmp(x->path, y->path);
	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order == 0 ? x->number - y->number : order;
}

void
finding_sort(FindingList *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(Finding), compare);
}

bool
finding_is_first(NameTable *seen, const Finding *finding)
{
	char	   *key = psprintf("%s %d %s %s", names[finding->kind],
							   finding->line, finding->path == NULL ? "" :
							   finding->path, finding->text);
	bool		result = name_table_find(seen, key) == NAME_TABLE_NONE;

	(void) name_table_add(seen, key);
	pg_free(key);
	return result;
}

void
finding_free(FindingList *list)
{
	int			i;

	for (i = 0; i < list->count; i++)
	{
		pg_free(list->items[i].path);
		pg_free(list->items[i].main_path);
		pfree(list->items[i].text);
	}
	pg_free(list->items);
	if (list->disabled != NULL)
		name_table_free(list->disabled);
	memset(list, 0, sizeof(*list));
}
