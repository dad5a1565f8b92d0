/*-------------------------------------------------------------------------
 *
 * project/includes.c
 *		Which files are there for others to include them
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "project/includes.h"

/* What stands for a file, however it is called, or NULL if it is not there. */
static char *
file_identity(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return NULL;
	return psprintf("%llu %llu", (unsigned long long) status.st_dev,
					(unsigned long long) status.st_ino);
}

void
project_includes_note(NameTable *included, const ScriptOutline *outline)
{
	const SimpleStringListCell *cell;

	cell = outline->includes_itself ? NULL : outline->includes.head;
	for (; cell != NULL; cell = cell->next)
	{
		char	   *identity = file_identity(cell->val);

		if (identity != NULL)
			(void) name_table_add(included, identity);
		pg_free(identity);
	}
}

bool
project_includes_has(NameTable *included, const char *path)
{
	char	   *identity = file_identity(path);
	bool		result = identity != NULL &&
		name_table_find(included, identity) != NAME_TABLE_NONE;

	pg_free(identity);
	return result;
}
