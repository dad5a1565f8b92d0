/*-------------------------------------------------------------------------
 *
 * plan/names.c
 *		What is meant by a name
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "base/suggestion.h"
#include "plan/names.h"
#include "project/search.h"
#include "project/template.h"

/* Who has written more names that there are not knows what it is about. */
#define MOST_SUGGESTIONS 100

/*
 * Offer a name, unless it is one that was not meant for sure, such as the name
 * itself of a patch that is registered and has no file.
 */
static void
offer(Suggestion *suggestion, const char *name, const char *wanted,
	  const char *except)
{
	if (strcmp(name, wanted) != 0 &&
		(except == NULL || strcmp(name, except) != 0))
		suggestion_offer(suggestion, name);
}

const char *
plan_names_suggestion(const Project *project, const Register *reg,
					  const char *name, const char *except)
{
	static char *text = NULL;
	static int	count = 0;		/* as all names are compared each time */
	Suggestion	suggestion;
	int			i;

	if (count++ >= MOST_SUGGESTIONS)
		return "";
	suggestion_init(&suggestion, name);
	for (i = 0; i < project->patch_count; i++)
	{
		const PatchFile *file = project->patches[i].file;
		int			j;

		for (j = 0; j < file->count; j++)
			if (file->calls[j].action != PATCH_UNREGISTER)
				offer(&suggestion, file->calls[j].name, name, except);
	}
	for (i = 0; reg != NULL && i < reg->count; i++)
		offer(&suggestion, reg->patches[i].name, name, except);

	if (suggestion.nearest == NULL)
		return "";
	pg_free(text);
	text = psprintf("; did you mean \"%s\"?", suggestion.nearest);
	return text;
}

const char *
plan_names_directory(const char *name)
{
	struct stat status;

	return stat(name, &status) == 0 && S_ISDIR(status.st_mode) ?
		"; there is a directory of that name: --patches and --rollbacks take "
		"one each, and can be given again" : "";
}

const char *
plan_names_argument_suggestion(const Project *project, const Register *reg,
							   const char *name)
{
	const char *directory = plan_names_directory(name);

	return directory[0] != '\0' ? directory :
		plan_names_suggestion(project, reg, name, NULL);
}

/* Is this the file with that status, whatever it is called? */
static bool
is_same_file(const char *path, const struct stat *wanted)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_dev == wanted->st_dev &&
		status.st_ino == wanted->st_ino;
}

const ProjectFile *
plan_names_file(const ProjectFile *files, int count, const char *path)
{
	struct stat wanted;
	int			i;

	for (i = 0; i < count; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	if (stat(path, &wanted) != 0)
		return NULL;
	for (i = 0; i < count; i++)
		if (is_same_file(files[i].path, &wanted))
			return &files[i];
	return NULL;
}

const ProjectFile *
plan_names_patch_file(const Project *project, const char *name)
{
	const ProjectName *entry = project_find_patch(project, name);

	return entry != NULL ? &project->patches[entry->patch_file] :
		plan_names_file(project->patches, project->patch_count, name);
}

/* Is a file called so, maybe with something after a dot, as in "a.install"? */
static bool
is_called(const char *file_stem, const char *name)
{
	size_t		length = strlen(name);

	return strncmp(file_stem, name, length) == 0 &&
		(file_stem[length] == '\0' || file_stem[length] == '.');
}

bool
plan_names_is_named_for(const char *path, const char *name)
{
	char	   *file_stem = project_search_stem(path);
	char	   *name_stem = project_search_stem(name);
	char	   *new_stem = project_template_file_name(name);
	bool		result = is_called(file_stem, name_stem) ||
		is_called(file_stem, new_stem);

	pg_free(new_stem);
	pg_free(file_stem);
	pg_free(name_stem);
	return result;
}
