/*-------------------------------------------------------------------------
 *
 * check/names.c
 *		What is wrong with the names of patches, and with what is missing
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/names.h"
#include "patch/graph.h"
#include "plan/names.h"

/* Add all problems of a level, or worse, as found of a kind. */
static void
add_problems(ProblemList *found, ProblemKind kind,
			 const ProblemList *problems, ProblemLevel level)
{
	int			i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].level >= level)
			problem_found(found, kind, problems->items[i].path,
						  problems->items[i].line, "%s",
						  problems->items[i].text);
}

/* Several files that register a name, or that take it back */
static void
check_duplicates(const Project *project, ProblemList *found)
{
	int			i;
	int			j;

	for (i = 0; i < project->patch_count; i++)
	{
		const ProjectFile *file = &project->patches[i];

		for (j = 0; j < file->file->count; j++)
		{
			const PatchCall *call = &file->file->calls[j];
			const ProjectName *name;

			if (call->action == PATCH_UNREGISTER)
				continue;
			name = &project->names[project_find(project, call->name)];
			if (name->patch != call)
				problem_found(found, PROBLEM_DUPLICATE_NAME, file->path,
							  call->line, "patch \"%s\" is registered by "
							  "%s:%d too", call->name,
							  project->patches[name->patch_file].path,
							  name->patch->line);
		}
	}
	for (i = 0; i < project->rollback_count; i++)
	{
		const ProjectFile *file = &project->rollbacks[i];

		for (j = 0; j < file->file->count; j++)
		{
			const PatchCall *call = &file->file->calls[j];
			const ProjectName *name =
				&project->names[project_find(project, call->name)];

			if (call->action == PATCH_UNREGISTER && name->rollback_file != i)
				problem_found(found, PROBLEM_DUPLICATE_NAME, file->path,
							  call->line, "patch \"%s\" is taken back by "
							  "%s:%d too", call->name,
							  project->rollbacks[name->rollback_file].path,
							  name->rollback->line);
		}
	}
}

/* A file that registers patches, none of which is called as it is */
static void
check_file_name(const ProjectFile *file, ProblemList *found)
{
	const PatchCall *first = NULL;
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];

		if (call->action == PATCH_UNREGISTER)
			continue;
		if (plan_names_is_named_for(file->path, call->name))
			return;
		if (first == NULL)
			first = call;
	}
	if (first != NULL)
		problem_found(found, PROBLEM_NAME_DIFFERS, file->path, first->line,
					  "the name of patch \"%s\" is not that of its file",
					  first->name);
}

/* Requirements that no file registers, nor are applied */
static void
check_requirements(const Project *project, const Register *reg,
				   const ProjectFile *file, ProblemList *found)
{
	const SimpleStringListCell *cell;
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];

		for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		{
			int			number = project_find(project, cell->val);

			if ((number != PROJECT_NONE &&
				 project->names[number].patch != NULL) ||
				(reg != NULL && register_find(reg, cell->val) != NULL))
				continue;
			problem_found(found, PROBLEM_UNKNOWN_REQUIREMENT, file->path,
						  call->line, "patch \"%s\" requires \"%s\", "
						  "which %s%s", call->name, cell->val, reg == NULL ?
						  "no file registers" :
						  "is neither applied nor registered by a file",
						  plan_names_other_suggestion(project, reg, cell->val,
													  call->name));
		}
	}
}

/* Patches that require each other, and those that cannot be applied then */
static void
check_cycles(const Project *project, ProblemList *found)
{
	PatchGraph *graph = patch_graph_create();
	int		   *order = pg_malloc((project->patch_count + 1) * sizeof(int));
	ProblemList problems = {0};
	int			i;

	for (i = 0; i < project->patch_count; i++)
		patch_graph_add(graph, project->patches[i].path,
						project->patches[i].file);
	(void) patch_graph_sort(graph, order, &problems);
	add_problems(found, PROBLEM_CYCLE, &problems, PROBLEM_ERROR);
	problem_free(&problems);
	pg_free(order);
	patch_graph_free(graph);
}

/* Does this name need a rollback, and has none? */
static bool
misses_rollback(const Project *project, const ProjectName *name,
				const ProblemList *found)
{
	Problem		finding = {0};

	if (name->patch == NULL || name->rollback != NULL)
		return false;
	finding.kind = PROBLEM_NO_ROLLBACK;
	finding.path = project->patches[name->patch_file].path;
	return !problem_is_disabled(found, &finding);
}

/* A patch needs a rollback; that there is none at all is said once. */
static void
check_missing_rollbacks(const Project *project, ProblemList *found)
{
	int			missing = 0;
	int			present = 0;
	int			i;

	for (i = 0; i < project->name_count; i++)
	{
		missing += misses_rollback(project, &project->names[i], found);
		present += project->names[i].patch != NULL &&
			project->names[i].rollback != NULL;
	}
	if (missing > 1 && present == 0)
		problem_found(found, PROBLEM_NO_ROLLBACK, NULL, 0, "no rollback "
					  "takes any of the %d patches back", missing);
	for (i = 0; i < project->name_count && (missing == 1 || present > 0); i++)
	{
		const ProjectName *name = &project->names[i];

		if (misses_rollback(project, name, found))
			problem_found(found, PROBLEM_NO_ROLLBACK,
						  project->patches[name->patch_file].path,
						  name->patch->line, "no rollback takes patch \"%s\" "
						  "back", name->patch->name);
	}
}

/* A rollback needs something to take back. */
static void
check_rollbacks(const Project *project, const Register *reg,
				ProblemList *found)
{
	int			i;
	int			j;

	for (i = 0; i < project->rollback_count; i++)
	{
		const ProjectFile *file = &project->rollbacks[i];

		for (j = 0; j < file->file->count; j++)
		{
			const PatchCall *call = &file->file->calls[j];

			if (call->action != PATCH_UNREGISTER ||
				project->names[project_find(project, call->name)].patch ||
				(reg != NULL && register_find(reg, call->name) != NULL))
				continue;
			problem_found(found, PROBLEM_ROLLBACK_WITHOUT_PATCH, file->path,
						  call->line, "no file registers the patch \"%s\" "
						  "that this takes back%s", call->name,
						  plan_names_suggestion(project, reg, call->name));
		}
	}
}

void
check_names(const Project *project, const Register *reg,
			ProblemList *found)
{
	int			i;

	check_duplicates(project, found);
	check_cycles(project, found);
	check_missing_rollbacks(project, found);
	check_rollbacks(project, reg, found);
	for (i = 0; i < project->patch_count; i++)
	{
		check_file_name(&project->patches[i], found);
		check_requirements(project, reg, &project->patches[i], found);
	}
}
