/*-------------------------------------------------------------------------
 *
 * project/search.c
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <dirent.h>
#include <sys/stat.h>

#include "project/search.h"

static void search_directory(const char *directory, SimpleStringList *paths,
							 ProblemList *problems);

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
static void
append_file(const char *path, SimpleStringList *paths, ProblemList *problems)
{
	struct stat status;

	if (stat(path, &status) != 0)
		problem_add(problems, PROBLEM_ERROR, NULL, 0,
					"could not find \"%s\": %s", path, strerror(errno));
	else if (S_ISREG(status.st_mode))
		simple_string_list_append(paths, path);
	else
		problem_add(problems, PROBLEM_ERROR, NULL, 0,
					"\"%s\" is not a regular file", path);
}

/* Does the name of a file say that it is a script, in any case? */
static bool
is_script_name(const char *path)
{
	size_t		length = strlen(path);

	return length > 4 && pg_strcasecmp(path + length - 4, ".sql") == 0;
}

/*
 * Append what is found in a directory: a directory is searched, a file counts
 * if its name says that it is a script.  A symbolic link to a directory is
 * left out, since it could be a loop; but that is said.
 */
static void
search_entry(const char *path, const struct dirent *entry,
			 SimpleStringList *paths, ProblemList *problems)
{
	struct stat status;
	int			type = entry->d_type;

	/* The directory knows what its entries are, but on some file systems */
	if (type == DT_UNKNOWN && lstat(path, &status) == 0)
		type = IFTODT(status.st_mode);
	if (type == DT_DIR)
		search_directory(path, paths, problems);
	else if (type == DT_LNK && stat(path, &status) == 0 &&
			 S_ISDIR(status.st_mode))
		problem_add(problems, PROBLEM_WARNING, NULL, 0,
					"\"%s\" is a symbolic link to a directory: what is "
					"in there is left out", path);
	else if (!is_script_name(path))
		;
	else if (type == DT_REG)
		simple_string_list_append(paths, path);
	else
		append_file(path, paths, problems);
}

/* Append the scripts in a directory, in the order of their names. */
static void
search_directory(const char *directory, SimpleStringList *paths,
				 ProblemList *problems)
{
	struct dirent **entries;
	int			count = scandir(directory, &entries, is_visible,
								compare_names);
	int			i;

	if (count < 0)
	{
		problem_add(problems, PROBLEM_ERROR, NULL, 0,
					"could not open directory \"%s\": %s", directory,
					strerror(errno));
		return;
	}
	for (i = 0; i < count; i++)
	{
		char	   *path = psprintf("%s/%s", directory, entries[i]->d_name);

		search_entry(path, entries[i], paths, problems);
		pg_free(path);
		free(entries[i]);
	}
	free(entries);
}

void
project_search(const char *place, SimpleStringList *paths,
			   ProblemList *problems)
{
	struct stat status;
	char	   *directory;
	int			length = strlen(place);

	if (stat(place, &status) != 0 || !S_ISDIR(status.st_mode))
	{
		append_file(place, paths, problems);
		return;
	}
	while (length > 1 && place[length - 1] == '/')
		length--;
	directory = psprintf("%.*s", length, place);
	search_directory(directory, paths, problems);
	pg_free(directory);
}

char *
project_search_stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	char	   *stem = pg_strdup(slash == NULL ? path : slash + 1);

	if (is_script_name(stem))
		stem[strlen(stem) - 4] = '\0';
	return stem;
}
