/*-------------------------------------------------------------------------
 *
 * project/verification.c
 *		The files that say whether patches have done what they should
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "project/search.h"
#include "project/template.h"
#include "project/verification.h"

static const char extension[] = ".sql";

/* The name of the patch that a file is for; the caller frees it. */
static char *
patch_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char	   *name = pg_strdup(slash == NULL ? path : slash + 1);
	size_t		length = strlen(name);
	size_t		end = strlen(extension);

	if (length > end && pg_strcasecmp(name + length - end, extension) == 0)
		name[length - end] = '\0';
	return name;
}

/* What is wrong with a statement of such a file, or NULL. */
static const char *
find_fault(const ProjectFile *file, const OutlineQuery *query)
{
	StatementWords words;

	if (query->kind != STATEMENT_WORK && query->kind != STATEMENT_SETTING)
		return "what verifies a patch cannot begin or end a transaction";
	sql_words_init(&words, file->bytes.text + query->start, query->length);
	return script_statement_traits(words)->ban == NULL ? NULL :
		"what verifies a patch is run inside a transaction block, which this "
		"cannot be";
}

/* Something keeps a file from being run. */
static void
complain(Project *project, const ProjectFile *file, int line,
		 const char *text)
{
	problem_add_kind(&project->verification_complaints, PROBLEM_ERROR,
					 PROBLEM_VERIFY_NOT_POSSIBLE, file->path, line, "%s",
					 text);
}

/* Complain of whatever keeps a file from being run. */
static void
check(Project *project, const ProjectFile *file)
{
	ProblemList *problems = &project->verification_complaints;
	const ScriptOutline *outline = file->outline;
	int			i;

	for (i = 0; i < outline->problems.count; i++)
		problem_add_kind(problems, outline->problems.items[i].level,
						 outline->problems.items[i].kind, file->path,
						 outline->problems.items[i].line, "%s",
						 outline->problems.items[i].text);
	if (outline->needs_psql)
		complain(project, file, outline->psql_line, "what verifies a patch is "
				 "plain SQL, but it takes psql to run this");
	else if (file->file->count > 0)
		complain(project, file, file->file->calls[0].line, "what verifies a "
				 "patch cannot register one, or take one back");
	else if (outline->query_count == 0 && outline->problems.count == 0)
		complain(project, file, 0, "there is nothing in it that verifies a "
				 "patch");
	for (i = 0; i < outline->query_count; i++)
	{
		const char *fault = find_fault(file, &outline->queries[i]);

		if (fault != NULL)
			complain(project, file, outline->queries[i].line, fault);
	}
}

/* Add a file, unless its name was there before. */
static void
add_file(Project *project, const char *path)
{
	ProjectFile *file;
	char	   *name = patch_name(path);
	int			number = name_table_add(project->verification_table, name);

	if (number < project->verification_count)
		problem_add_kind(&project->verification_complaints, PROBLEM_ERROR,
						 PROBLEM_DUPLICATE_NAME, path, 0, "patch \"%s\" is "
						 "verified by %s, too", name,
						 project->verifications[number].path);
	pg_free(name);
	if (number < project->verification_count)
		return;
	ARRAY_MAKE_ROOM(project->verifications, number);
	file = &project->verifications[project->verification_count++];
	memset(file, 0, sizeof(*file));
	file->place = PLACE_OF_VERIFICATIONS;
	file->path = pg_strdup(path);
	if (!file_bytes_open(&file->bytes, path))
		problem_add(&project->verification_complaints, PROBLEM_ERROR, path, 0,
					"could not read: %s", strerror(errno));
	file->outline = script_outline_read(file->path, &file->bytes, false);
	file->file = file->outline->file;
	file->outline->file = NULL;
	if (file->bytes.text != NULL)
		check(project, file);
}

void
project_verification_read(Project *project, const SimpleStringList *places)
{
	const SimpleStringListCell *place;
	const SimpleStringListCell *path;

	project->verification_table = name_table_create(64);
	for (place = places->head; place != NULL; place = place->next)
	{
		SimpleStringList paths = {NULL, NULL};

		project_search(place->val, &paths,
					   &project->verification_complaints);
		for (path = paths.head; path != NULL; path = path->next)
			add_file(project, path->val);
		simple_string_list_destroy(&paths);
	}
}

char *
project_verification_name(const ProjectFile *file)
{
	return patch_name(file->path);
}

const ProjectFile *
project_verification_find(const Project *project, const char *name)
{
	char	   *file_name;
	int			number;

	if (project->verification_count == 0)
		return NULL;
	number = name_table_find(project->verification_table, name);
	file_name = project_template_file_name(name);
	if (number == NAME_TABLE_NONE &&
		project_find_patch(project, file_name) == NULL)
		number = name_table_find(project->verification_table, file_name);
	pg_free(file_name);
	return number == NAME_TABLE_NONE ? NULL : &project->verifications[number];
}
