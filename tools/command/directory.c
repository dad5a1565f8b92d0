/*-------------------------------------------------------------------------
 *
 * command/directory.c
 *		Where new files go
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "base/report.h"
#include "command/directory.h"
#include "common/logging.h"

bool
command_directory_is_missing(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 && errno == ENOENT;
}

/* Is it a directory? */
static bool
is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *
command_directory_choose(const SimpleStringList *places, const char *option)
{
	const SimpleStringListCell *cell;

	for (cell = places->head; cell != NULL; cell = cell->next)
		if (command_directory_is_missing(cell->val) ||
			is_directory(cell->val))
			return cell->val;
	pg_log_error("none of the places of %s is a directory", option);
	return NULL;
}

bool
command_directory_make(const char *directory)
{
	char	   *copy = pg_strdup(directory);
	bool		is_there = is_directory(directory) ||
		pg_mkdir_p(copy, S_IRWXU | S_IRWXG | S_IRWXO) == 0;

	if (!is_there)
		pg_log_error("could not create directory \"%s\": %m",
					 report_printable(directory));
	pg_free(copy);
	return is_there;
}

char *
command_directory_path(const char *directory, const char *prefix,
					   const char *name)
{
	size_t		length = strlen(directory);
	bool		has_slash = length > 0 && directory[length - 1] == '/';

	return psprintf("%s%s%s%s.sql", directory, has_slash ? "" : "/", prefix,
					name);
}
