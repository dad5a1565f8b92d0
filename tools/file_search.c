/*-------------------------------------------------------------------------
 *
 * file_search.c
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <dirent.h>
#include <sys/stat.h>

#include "file_search.h"

static char *search_directory(const char *directory,
							  SimpleStringList *paths);

/* Compare names by their bytes, whatever the locale. */
static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Hidden files, "." and ".." among them, are none of ours. */
static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/*
 * Append a file.  What is none, a pipe, could not be read twice: once to see
 * what it is, and once by psql.
 */
static char *
append_file(const char *path, const struct stat *status,
			SimpleStringList *paths)
{
	if (!S_ISREG(status->st_mode))
		return psprintf("\"%s\" is not a regular file", path);
	simple_string_list_append(paths, path);
	return NULL;
}

/* What is wrong if a path cannot be found. */
static char *
not_found(const char *path)
{
	return psprintf("could not find \"%s\": %s", path, strerror(errno));
}

/*
 * Append what is found at a path in a directory: a directory is searched, a
 * file counts if its name says that it is a script.  Directories behind
 * symbolic links are left out: they could be a loop.
 */
static char *
search_entry(const char *path, SimpleStringList *paths)
{
	struct stat status;
	const char *end = path + strlen(path);

	if (lstat(path, &status) != 0)
		return not_found(path);
	if (S_ISDIR(status.st_mode))
		return search_directory(path, paths);
	if (end - path <= 4 || strcmp(end - 4, ".sql") != 0)
		return NULL;
	if (S_ISLNK(status.st_mode) && stat(path, &status) != 0)
		return not_found(path);
	if (S_ISDIR(status.st_mode))
		return NULL;
	return append_file(path, &status, paths);
}

/* Append the scripts in a directory, in the order of their names. */
static char *
search_directory(const char *directory, SimpleStringList *paths)
{
	struct dirent **entries;
	int			count = scandir(directory, &entries, is_visible,
								compare_names);
	char	   *error = NULL;
	int			i;

	if (count < 0)
		return psprintf("could not open directory \"%s\": %s", directory,
						strerror(errno));
	for (i = 0; i < count; i++)
	{
		char	   *path = psprintf("%s/%s", directory, entries[i]->d_name);

		if (error == NULL)
			error = search_entry(path, paths);
		pg_free(path);
		free(entries[i]);
	}
	free(entries);
	return error;
}

/*
 * Append the paths of the scripts that a place means: all *.sql files in and
 * below a directory, or the one file.  Returns NULL, or what is wrong, for
 * the caller to free.
 */
char *
file_search(const char *place, SimpleStringList *paths)
{
	struct stat status;
	char	   *directory;
	char	   *error;
	int			length = strlen(place);

	if (stat(place, &status) != 0)
		return not_found(place);
	if (!S_ISDIR(status.st_mode))
		return append_file(place, &status, paths);
	while (length > 1 && place[length - 1] == '/')
		length--;
	directory = psprintf("%.*s", length, place);
	error = search_directory(directory, paths);
	pg_free(directory);
	return error;
}
