/*-------------------------------------------------------------------------
 *
 * base/program_path.c
 *		Where PostgreSQL's own programs are
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/program_path.h"

/* Is this a program, and not, say, a directory? */
static bool
is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
		access(path, X_OK) == 0;
}

char *
program_path_find(const char *argv0, const char *program)
{
	char		path[MAXPGPATH];

	if (find_my_exec(argv0, path) == 0)
	{
		get_parent_directory(path);
		join_path_components(path, path, program);
		if (is_program(path))
			return pg_strdup(path);
	}
	return pg_strdup(program);
}
