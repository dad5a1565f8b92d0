/*-------------------------------------------------------------------------
 *
 * patch/names.c
 *		Which file registers which patch
 *
 * All that needs to be remembered of a file that has been dealt with, to
 * notice when another registers the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/names.h"

PatchNames *
patch_names_create(int expected)
{
	PatchNames *names = pg_malloc0(sizeof(PatchNames));

	names->table = name_table_create(expected);
	return names;
}

void
patch_names_free(PatchNames *names)
{
	name_table_free(names->table);
	pg_free(names->firsts);
	pg_free(names);
}

/* Remember the first registration of a name. */
static void
add_first(PatchNames *names, const char *path, int line)
{
	if (names->count == names->space)
	{
		names->space = Max(64, 2 * names->space);
		names->firsts = pg_realloc(names->firsts,
								   names->space * sizeof(PatchPlace));
	}
	names->firsts[names->count].path = path;
	names->firsts[names->count].line = line;
	names->count++;
}

void
patch_names_add(PatchNames *names, const char *path, const PatchFile *file,
				ProblemList *problems)
{
	int			i;

	for (i = 0; i < file->count; i++)
	{
		const PatchCall *call = &file->calls[i];
		int			number;

		if (call->action == PATCH_UNREGISTER)
			continue;
		number = name_table_add(names->table, call->name);
		if (number == names->count)
			add_first(names, path, call->line);
		else
			problem_add(problems, PROBLEM_WARNING, path, call->line,
						"patch \"%s\" is registered by %s:%d too",
						call->name, names->firsts[number].path,
						names->firsts[number].line);
	}
}
