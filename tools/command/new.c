/*-------------------------------------------------------------------------
 *
 * command/new.c
 *		versioning new: begin a patch
 *
 * Writes a patch and its rollback, both ready to be run and to be filled in.
 * What the patch requires is what the user says, or else the leaves: all
 * patches that no other one requires.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "plan/judge.h"
#include "plan/names.h"
#include "project/pair.h"
#include "project/template.h"

/* Is there nothing of that name yet? */
static bool
is_missing(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 && errno == ENOENT;
}

/*
 * The directory that new files go to: the first of the places that is one or
 * can become one.  Returns NULL after a message if there is none.
 */
static const char *
choose_directory(const SimpleStringList *places, const char *option)
{
	const SimpleStringListCell *cell;
	struct stat status;

	for (cell = places->head; cell != NULL; cell = cell->next)
		if (is_missing(cell->val) ||
			(stat(cell->val, &status) == 0 && S_ISDIR(status.st_mode)))
			return cell->val;
	pg_log_error("none of the places of %s is a directory", option);
	return NULL;
}

/* Make a directory, with those that it is in; false after a message. */
static bool
make_directory(const char *directory)
{
	char	   *copy = pg_strdup(directory);
	bool		is_made = !is_missing(directory) ||
		pg_mkdir_p(copy, S_IRWXU | S_IRWXG | S_IRWXO) == 0;

	if (!is_made)
		pg_log_error("could not create directory \"%s\": %m",
					 report_printable(directory));
	pg_free(copy);
	return is_made;
}

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
		if (cell->val != patches || !is_missing(patches))
			simple_string_list_append(&patch_places, cell->val);
	for (cell = options->rollbacks.head; cell != NULL; cell = cell->next)
		if (cell->val != rollbacks || !is_missing(rollbacks))
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

/* The path of a new file; the caller frees it. */
static char *
make_path(const char *directory, const char *prefix, const char *name)
{
	size_t		length = strlen(directory);
	bool		has_slash = length > 0 && directory[length - 1] == '/';

	return psprintf("%s%s%s%s.sql", directory, has_slash ? "" : "/", prefix,
					name);
}

/* Write the two files and print their paths; false after a message. */
static bool
write_files(const char *name, const SimpleStringList *requirements,
			const char *patches, const char *rollbacks)
{
	char	   *file_name = project_template_file_name(name);
	char	   *patch_path = make_path(patches, "", file_name);
	char	   *rollback_path = make_path(rollbacks, "rollback-", file_name);
	char	   *patch_text = project_template_patch(name, requirements);
	char	   *rollback_text = project_template_rollback(name);
	NewFile		patch = {patch_path, patch_text};
	NewFile		rollback = {rollback_path, rollback_text};
	bool		is_written = make_directory(patches) &&
		make_directory(rollbacks) && project_pair_write(&patch, &rollback);

	if (is_written)
		printf("%s\n%s\n", patch_path, rollback_path);
	pg_free(rollback_text);
	pg_free(patch_text);
	pg_free(rollback_path);
	pg_free(patch_path);
	pg_free(file_name);
	return is_written;
}

/* Write a patch and its rollback. */
Status
command_new(Options *options)
{
	const char *patches = choose_directory(&options->patches, "--patches");
	const char *rollbacks = choose_directory(&options->rollbacks,
											 "--rollbacks");
	const char *name = options->names[0];
	SimpleStringList requirements = {NULL, NULL};
	Project    *project;
	Status		status = STATUS_PROBLEM;

	if (patches == NULL || rollbacks == NULL)
		return STATUS_TROUBLE;
	if (name[0] == '\0')
	{
		pg_log_error("the name of a patch cannot be empty");
		return STATUS_TROUBLE;
	}
	if (options->requirements != NULL &&
		!read_requirements(options, &requirements))
		return STATUS_TROUBLE;

	project = read_project(options, patches, rollbacks);
	report_problems(options->progname, &project->problems, NULL);
	if (options->requirements != NULL)
		warn_of_unknown(project, &requirements);
	if (is_free(project, name) &&
		(options->requirements != NULL ||
		 find_leaves(project, &requirements)) &&
		write_files(name, &requirements, patches, rollbacks))
		status = STATUS_DONE;

	simple_string_list_destroy(&requirements);
	project_free(project);
	return status;
}
