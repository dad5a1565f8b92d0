/*-------------------------------------------------------------------------
 *
 * base/problem.c
 *		What is wrong, and where, kept until someone prints it
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/problem.h"
#include "lib/stringinfo.h"

static const char *const names[] = {
	[PROBLEM_UNREADABLE] = "unreadable",
	[PROBLEM_NOT_UNDERSTOOD] = "not-understood",
	[PROBLEM_UNKNOWN_DIRECTIVE] = "unknown-directive",
	[PROBLEM_UNCLEAR_COMMENT] = "unclear-comment",
	[PROBLEM_UNCLEAR_ROLLBACK] = "unclear-rollback",
	[PROBLEM_MISSING_INCLUDE] = "missing-include",
	[PROBLEM_RESTRICTED] = "restricted",
	[PROBLEM_INTERACTIVE] = "interactive",
	[PROBLEM_NO_REGISTRATION] = "no-registration",
	[PROBLEM_DUPLICATE_NAME] = "duplicate-name",
	[PROBLEM_NAME_DIFFERS] = "name-differs",
	[PROBLEM_UNKNOWN_REQUIREMENT] = "unknown-requirement",
	[PROBLEM_UNKNOWN_JOB] = "unknown-job",
	[PROBLEM_JOB_WITHOUT_ROLLBACK] = "job-without-rollback",
	[PROBLEM_JOB_NOT_AWAITED] = "job-not-awaited",
	[PROBLEM_JOB_WITHOUT_KEY] = "job-without-key",
	[PROBLEM_CYCLE] = "cycle",
	[PROBLEM_IMPOSSIBLE_PATCH] = "impossible-patch",
	[PROBLEM_NO_ROLLBACK] = "no-rollback",
	[PROBLEM_ROLLBACK_WITHOUT_PATCH] = "rollback-without-patch",
	[PROBLEM_VERIFY_WITHOUT_PATCH] = "verify-without-patch",
	[PROBLEM_VERIFY_NOT_POSSIBLE] = "verify-not-possible",
	[PROBLEM_REGISTRATION_NOT_FIRST] = "registration-not-first",
	[PROBLEM_OUTSIDE_TRANSACTION] = "outside-transaction",
	[PROBLEM_NOT_COMMITTED] = "not-committed",
	[PROBLEM_INSIDE_TRANSACTION] = "inside-transaction",
	[PROBLEM_SEVERAL_STATEMENTS] = "several-statements",
	[PROBLEM_DIFFERS] = "differs",
	[PROBLEM_FILE_CHANGED] = "file-changed",
	[PROBLEM_CONFLICT] = "conflict",
	[PROBLEM_UNFINISHED] = "unfinished",
	[PROBLEM_NO_FILE] = "no-file",
	[PROBLEM_FOREIGN_FUNCTION] = "foreign-function"
};

StaticAssertDecl(lengthof(names) == PROBLEM_KINDS, "the kinds have names");

const char *
problem_name(ProblemKind kind)
{
	return names[kind];
}

bool
problem_kind(const char *name, ProblemKind *kind)
{
	int			i;

	for (i = 0; i < PROBLEM_KINDS; i++)
	{
		if (pg_strcasecmp(name, names[i]) != 0)
			continue;
		*kind = (ProblemKind) i;
		return true;
	}
	return false;
}

/* Does a kind merely inform? */
static bool
is_information(ProblemKind kind)
{
	return kind == PROBLEM_NAME_DIFFERS ||
		kind == PROBLEM_UNCLEAR_COMMENT ||
		kind == PROBLEM_UNCLEAR_ROLLBACK;
}

bool
problem_is_information(const Problem *problem)
{
	return is_information(problem->kind);
}

char *
problem_format(const char *format, va_list args)
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

/* Add a problem with that text, which becomes the list's. */
static void
add(ProblemList *list, ProblemLevel level, ProblemKind kind, const char *path,
	int line, char *text)
{
	Problem    *problem;

	ARRAY_MAKE_ROOM(list->items, list->count);
	problem = &list->items[list->count];
	problem->level = level;
	problem->kind = kind;
	problem->path = path == NULL ? NULL : pg_strdup(path);
	problem->main_path = list->main_path == NULL ? NULL :
		pg_strdup(list->main_path);
	problem->line = line;
	problem->number = list->count++;
	problem->text = text;
}

void
problem_found(ProblemList *list, ProblemKind kind, const char *path, int line,
			  const char *format,...)
{
	va_list		args;

	va_start(args, format);
	add(list, is_information(kind) ? PROBLEM_REMARK : PROBLEM_ERROR, kind,
		path, line, problem_format(format, args));
	va_end(args);
}

void
problem_add(ProblemList *list, ProblemLevel level, const char *path, int line,
			const char *format,...)
{
	va_list		args;

	va_start(args, format);
	add(list, level, line == 0 ? PROBLEM_UNREADABLE : PROBLEM_NOT_UNDERSTOOD,
		path, line, problem_format(format, args));
	va_end(args);
}

void
problem_add_kind(ProblemList *list, ProblemLevel level, ProblemKind kind,
				 const char *path, int line, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	add(list, level, kind, path, line, problem_format(format, args));
	va_end(args);
}

bool
problem_has_errors(const ProblemList *list)
{
	int			i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].level == PROBLEM_ERROR)
			return true;
	return false;
}

/* Free what a problem holds. */
static void
free_problem(Problem *problem)
{
	pg_free(problem->path);
	pg_free(problem->main_path);
	pfree(problem->text);
}

void
problem_forget(ProblemList *list, ProblemKind kind)
{
	int			kept = 0;
	int			i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].kind == kind)
			free_problem(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void
problem_shorten(ProblemList *list, int count)
{
	while (list->count > count)
		free_problem(&list->items[--list->count]);
}

/* What stands for a kind of problems in a file, to be freed by the caller. */
static char *
disabled_key(ProblemKind kind, const char *path)
{
	return psprintf("%s %s", names[kind], path);
}

void
problem_disable(ProblemList *list, ProblemKind kind, const char *path)
{
	char	   *key = disabled_key(kind, path == NULL ? "" : path);

	if (list->disabled == NULL)
		list->disabled = name_table_create(16);
	(void) name_table_add(list->disabled, key);
	pg_free(key);
}

void
problem_disable_named(ProblemList *list, const SimpleStringList *kinds,
					  const char *path)
{
	const SimpleStringListCell *cell;
	ProblemKind kind;

	for (cell = kinds->head; cell != NULL; cell = cell->next)
		if (problem_kind(cell->val, &kind))
			problem_disable(list, kind, path);
}

/* Is this kind of problems disabled for that file, or "" for all? */
static bool
is_disabled_for(const ProblemList *list, ProblemKind kind, const char *path)
{
	char	   *key = disabled_key(kind, path);
	bool		result = name_table_find(list->disabled, key) !=
		NAME_TABLE_NONE;

	pg_free(key);
	return result;
}

bool
problem_is_disabled(const ProblemList *list, const Problem *problem)
{
	if (list->disabled == NULL)
		return false;
	return is_disabled_for(list, problem->kind, "") ||
		(problem->path != NULL &&
		 is_disabled_for(list, problem->kind, problem->path)) ||
		(problem->main_path != NULL &&
		 is_disabled_for(list, problem->kind, problem->main_path));
}

/*
 * The order in which they are printed: by files and lines, what is about no
 * file at the end.
 */
static int
compare(const void *a, const void *b)
{
	const Problem *x = (const Problem *) a;
	const Problem *y = (const Problem *) b;
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
problem_sort(ProblemList *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(Problem), compare);
}

bool
problem_is_first(NameTable *seen, const Problem *problem)
{
	char	   *key = psprintf("%s %d %s %s", names[problem->kind],
							   problem->line, problem->path == NULL ? "" :
							   problem->path, problem->text);
	bool		result = name_table_find(seen, key) == NAME_TABLE_NONE;

	(void) name_table_add(seen, key);
	pg_free(key);
	return result;
}

void
problem_free(ProblemList *list)
{
	problem_shorten(list, 0);
	pg_free(list->items);
	if (list->disabled != NULL)
		name_table_free(list->disabled);
	memset(list, 0, sizeof(*list));
}
