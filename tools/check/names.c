/*-------------------------------------------------------------------------
 *
 * check/names.c
 *		What is wrong with the names of patches, and with what is missing
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "plan/names.h"

/* What a patch file registers: several times, or by names that differ */
static void
check_patch_file(const Project *project, const ProjectFile *file,
				 ProblemList *found)
{
	const PatchCall *stranger = NULL;
	bool		is_named = false;
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		const ProjectName *name;

		if (call->action == PATCH_UNREGISTER)
			continue;
		name = project_find_patch(project, call->name);
		if (name->patch != call)
			problem_found(found, PROBLEM_DUPLICATE_NAME, file->path,
						  call->line, "patch \"%s\" is registered by %s:%d "
						  "too", call->name,
						  project->patches[name->patch_file].path,
						  name->patch->line);
		is_named = is_named || plan_names_is_named_for(file->path,
													   call->name);
		if (stranger == NULL)
			stranger = call;
	}
	if (!is_named)
		problem_found(found, PROBLEM_NAME_DIFFERS, file->path,
					  stranger->line, "the name of patch \"%s\" is not that "
					  "of its file", stranger->name);
}

/* What a rollback file takes back that others also do, or that is not there */
static void
check_rollback_file(const Project *project, const Register *reg,
					const ProjectFile *file, ProblemList *found)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		const ProjectName *name;
		const ProjectFile *first;

		if (call->action != PATCH_UNREGISTER)
			continue;
		name = &project->names[project_find(project, call->name)];
		first = &project->rollbacks[name->rollback_file];
		if (first != file)
			problem_found(found, PROBLEM_DUPLICATE_NAME, file->path,
						  call->line, "patch \"%s\" is taken back by %s:%d "
						  "too", call->name, first->path,
						  name->rollback->line);
		if (name->patch == NULL &&
			(reg == NULL || register_find(reg, call->name) == NULL))
			problem_found(found, PROBLEM_ROLLBACK_WITHOUT_PATCH, file->path,
						  call->line, "no file registers the patch \"%s\" "
						  "that this takes back%s", call->name,
						  plan_names_suggestion(project, reg, call->name,
												NULL));
	}
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

void
check_names(const Project *project, const Register *reg,
			ProblemList *found)
{
	int			i;

	check_missing_rollbacks(project, found);
	for (i = 0; i < project->patch_count; i++)
		check_patch_file(project, &project->patches[i], found);
	for (i = 0; i < project->rollback_count; i++)
		check_rollback_file(project, reg, &project->rollbacks[i], found);
}
