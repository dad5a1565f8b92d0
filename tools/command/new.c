/*-------------------------------------------------------------------------
 *
 * command/new.c
 *		versioning new: begin a patch
 *
 * Writes a patch and its rollback, both ready to be run and to be filled in,
 * or all the patches of a recipe, each of which requires the one before.
 * What the patch requires is what the user says, or else the leaves: all
 * patches that no other one requires.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "command/directory.h"
#include "command/recipe.h"
#include "plan/judge.h"
#include "plan/names.h"
#include "project/new_files.h"
#include "project/template.h"

/* The files that are to be written */
typedef struct FileList
{
	const char *progname;
	const char *patches;		/* the directories that they go to */
	const char *rollbacks;
	NewFile    *files;
	int			count;
} FileList;

/* The project without the directory that is still to be made. */
static Project *
read_project(const Options *options, const char *patches,
			 const char *rollbacks)
{
	SimpleStringList patch_places = {NULL, NULL};
	SimpleStringList rollback_places = {NULL, NULL};
	const SimpleStringListCell *cell;
	Project    *project;

	for (cell = options->patches.head; cell != NULL; cell = cell->next)
		if (cell->val != patches || !command_directory_is_missing(patches))
			simple_string_list_append(&patch_places, cell->val);
	for (cell = options->rollbacks.head; cell != NULL; cell = cell->next)
		if (cell->val != rollbacks || !command_directory_is_missing(rollbacks))
			simple_string_list_append(&rollback_places, cell->val);

	project = project_read(&patch_places, &rollback_places, true,
						   PROJECT_CALLS);
	simple_string_list_destroy(&patch_places);
	simple_string_list_destroy(&rollback_places);
	return project;
}

/* Is the name free to be used?  Else says which file has it. */
static bool
is_free(const Project *project, const char *name)
{
	int			number = project_find(project, name);
	const ProjectName *entry;
	const ProjectFile *file;

	if (number == PROJECT_NONE)
		return true;
	entry = &project->names[number];
	file = entry->patch != NULL ? &project->patches[entry->patch_file] :
		&project->rollbacks[entry->rollback_file];
	pg_log_error("patch \"%s\" is %s by %s:%d already",
				 report_printable(name),
				 entry->patch != NULL ? "registered" : "taken back",
				 report_printable(file->path),
				 entry->patch != NULL ? entry->patch->line :
				 entry->rollback->line);
	return false;
}

/*
 * Take the requirements from the command line, where they stand between
 * commas.  Returns false after a message.
 */
static bool
read_requirements(const Options *options, SimpleStringList *requirements)
{
	SimpleStringList names = {NULL, NULL};
	const SimpleStringListCell *cell;
	const char *fault = NULL;

	command_options_split(options->requirements, &names);
	for (cell = names.head; cell != NULL; cell = cell->next)
		if (cell->val[0] == '\0' && names.head != names.tail)
			fault = "a name between the commas of --requires is empty";
		else if (strcmp(cell->val, options->names[0]) == 0)
			fault = "a patch cannot require itself";
		else if (cell->val[0] != '\0' &&
				 !simple_string_list_member(requirements, cell->val))
			simple_string_list_append(requirements, cell->val);
	if (fault != NULL)
		pg_log_error("%s", fault);
	simple_string_list_destroy(&names);
	return fault == NULL;
}

/* Warn of requirements that no file registers. */
static void
warn_of_unknown(const Project *project, const SimpleStringList *requirements)
{
	const SimpleStringListCell *cell;

	for (cell = requirements->head; cell != NULL; cell = cell->next)
	{
		const char *suggestion;

		if (project_find_patch(project, cell->val) != NULL)
			continue;
		suggestion = plan_names_suggestion(project, NULL, cell->val, NULL);
		pg_log_warning("no file registers \"%s\"%s",
					   report_printable(cell->val),
					   report_printable(suggestion));
	}
}

/* Do two patches of the files exclude each other?  Says which. */
static bool
has_conflict(const Project *project)
{
	Judgement  *judgement = plan_judge_create(project, NULL, NULL);
	bool		has_rivals = false;
	int			i;

	for (i = 0; i < judgement->count && !has_rivals; i++)
	{
		const Obstacle *obstacle = &judgement->obstacles[i];

		has_rivals = obstacle->kind == OBSTACLE_RIVAL;
		if (has_rivals)
			pg_log_error("patches \"%s\" and \"%s\" are in conflict, so a "
						 "patch cannot require all that there are",
						 report_printable(obstacle->call->name),
						 report_printable(obstacle->other));
	}
	plan_judge_free(judgement);
	return has_rivals;
}

/*
 * Find the leaves, in the order of their files.  Returns false after a message
 * if nothing could require them all, or they cannot be known.
 */
static bool
find_leaves(const Project *project, SimpleStringList *leaves)
{
	NameTable  *required;
	const SimpleStringListCell *cell;
	int			i;

	if (problem_has_errors(&project->problems) || has_conflict(project))
	{
		fe_compat_log_hint("Say with --requires what the patch requires.");
		return false;
	}
	required = name_table_create(project->name_count);
	for (i = 0; i < project->name_count; i++)
		for (cell = project->names[i].patch == NULL ? NULL :
			 project->names[i].patch->requirements.head; cell != NULL;
			 cell = cell->next)
			(void) name_table_add(required, cell->val);
	for (i = 0; i < project->name_count; i++)
		if (project->names[i].patch != NULL &&
			name_table_find(required, project->names[i].patch->name) ==
			NAME_TABLE_NONE)
			simple_string_list_append(leaves, project->names[i].patch->name);
	name_table_free(required);
	return true;
}

/* Append a file of a patch, for the text, which becomes the list's. */
static void
append_file(FileList *list, bool is_rollback, const char *name, char *text)
{
	char	   *file_name = project_template_file_name(name);
	NewFile    *file;

	ARRAY_MAKE_ROOM(list->files, list->count);
	file = &list->files[list->count++];
	file->path = is_rollback ?
		command_directory_path(list->rollbacks, "rollback-", file_name) :
		command_directory_path(list->patches, "", file_name);
	file->text = text;
	pg_free(file_name);
}

/* The files of a patch that is to be filled in. */
static bool
append_templates(FileList *list, const Project *project, const char *name,
				 const SimpleStringList *requirements)
{
	if (!is_free(project, name))
		return false;
	append_file(list, false, name, project_template_patch(name, requirements));
	append_file(list, true, name, project_template_rollback(name));
	return true;
}

/* Is a file of the recipe to be made? */
static bool
is_wanted(const Recipe *recipe, const RecipeFile *file)
{
	const RecipeEntry *entry = file->condition == NULL ? NULL :
		project_recipe_find(recipe, file->condition);

	return file->condition == NULL ||
		(entry != NULL && entry->value != NULL && entry->value[0] != '\0');
}

/* Tell the recipe what the next patch requires. */
static void
define_requirements(Recipe *recipe, const SimpleStringList *requirements)
{
	PQExpBuffer text = createPQExpBuffer();

	project_template_array(text, 0, requirements);
	project_recipe_define(recipe, "requirements", text->data);
	destroyPQExpBuffer(text);
}

/*
 * A file of a recipe.  What the next patch requires becomes this one.  Returns
 * false after a message.
 */
static bool
append_filled(FileList *list, const Project *project, Recipe *recipe,
			  const RecipeFile *file, const char *name)
{
	SimpleStringList next = {NULL, NULL};
	ProblemList problems = {0};
	char	   *text = file->is_rollback || is_free(project, name) ?
		project_recipe_fill(recipe, file->text, file->line, &problems) : NULL;

	report_problems(list->progname, &problems, NULL);
	problem_free(&problems);
	if (text == NULL)
		return false;
	append_file(list, file->is_rollback, name, text);
	if (!file->is_rollback)
	{
		simple_string_list_append(&next, name);
		define_requirements(recipe, &next);
		simple_string_list_destroy(&next);
	}
	return true;
}

/* All files of a recipe; false after a message. */
static bool
append_recipe(FileList *list, const Project *project, Recipe *recipe,
			  const char *name, const SimpleStringList *requirements)
{
	bool		is_fine = true;
	int			i;

	define_requirements(recipe, requirements);
	for (i = 0; i < recipe->file_count && is_fine; i++)
	{
		const RecipeFile *file = &recipe->files[i];
		char	   *whole = psprintf("%s%s%s", name,
									 file->key[0] == '\0' ? "" : "-",
									 file->key);

		if (is_wanted(recipe, file))
			is_fine = append_filled(list, project, recipe, file, whole);
		pg_free(whole);
	}
	return is_fine;
}

/* Write the files and print their paths; false after a message. */
static bool
write_files(const FileList *list)
{
	int			i;

	if (!command_directory_make(list->patches) ||
		!command_directory_make(list->rollbacks) ||
		!project_new_files_write(list->files, list->count))
		return false;
	for (i = 0; i < list->count; i++)
		printf("%s\n", list->files[i].path);
	return true;
}

/* Find out what the patch requires, and write all files. */
static Status
write_patches(Options *options, FileList *list, Recipe *recipe,
			  SimpleStringList *requirements)
{
	const char *name = options->names[0];
	Project    *project = read_project(options, list->patches,
									   list->rollbacks);
	bool		is_written;

	report_problems(options->progname, &project->problems, NULL);
	if (options->requirements != NULL)
		warn_of_unknown(project, requirements);
	is_written =
		(options->requirements != NULL ||
		 find_leaves(project, requirements)) &&
		(recipe != NULL ?
		 append_recipe(list, project, recipe, name, requirements) :
		 append_templates(list, project, name, requirements)) &&
		write_files(list);
	project_free(project);
	return is_written ? STATUS_DONE : STATUS_PROBLEM;
}

/* Can there be a patch of that name, with those requirements?  Else says. */
static bool
can_begin(const Options *options, const FileList *list,
		  SimpleStringList *requirements)
{
	if (list->patches == NULL || list->rollbacks == NULL)
		return false;
	if (options->names[0][0] == '\0')
	{
		pg_log_error("the name of a patch cannot be empty");
		return false;
	}
	return options->requirements == NULL ||
		read_requirements(options, requirements);
}

/* Free the files. */
static void
free_files(FileList *list)
{
	int			i;

	for (i = 0; i < list->count; i++)
	{
		pg_free(list->files[i].path);
		pg_free(list->files[i].text);
	}
	pg_free(list->files);
}

/* Write a patch and its rollback, or those of a recipe. */
Status
command_new(Options *options)
{
	FileList	list = {0};
	SimpleStringList requirements = {NULL, NULL};
	Recipe	   *recipe = NULL;
	Status		status = STATUS_TROUBLE;

	if (options->lists_recipes)
		return command_recipe_list(options);
	list.progname = options->progname;
	list.patches = command_directory_choose(&options->patches, "--patches");
	list.rollbacks = command_directory_choose(&options->rollbacks,
											  "--rollbacks");
	if (can_begin(options, &list, &requirements) &&
		(options->recipe == NULL ||
		 ((recipe = command_recipe_read(options)) != NULL &&
		  command_recipe_complete(options, recipe))))
		status = write_patches(options, &list, recipe, &requirements);

	if (recipe != NULL)
		project_recipe_free(recipe);
	free_files(&list);
	simple_string_list_destroy(&requirements);
	return status;
}
