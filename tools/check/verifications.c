/*-------------------------------------------------------------------------
 *
 * check/verifications.c
 *		What is wrong with the files that verify patches
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "plan/names.h"
#include "project/verification.h"

/* Note which file verifies the patch of that name, if there is one. */
static void
note_name(const Project *project, const char *name, bool *is_used)
{
	const ProjectFile *file = project_verification_find(project, name);

	if (file != NULL)
		is_used[file - project->verifications] = true;
}

/* Complain of files that verify no patch: their names may be misspelt. */
static void
check_patches(const Project *project, const Register *reg,
			  ProblemList *found)
{
	bool	   *is_used = pg_malloc0(project->verification_count + 1);
	int			i;

	for (i = 0; i < project->name_count; i++)
		if (project->names[i].patch != NULL)
			note_name(project, project->names[i].patch->name, is_used);
	for (i = 0; reg != NULL && i < reg->count; i++)
		note_name(project, reg->patches[i].name, is_used);
	for (i = 0; i < project->verification_count; i++)
	{
		const ProjectFile *file = &project->verifications[i];
		char	   *name = project_verification_name(file);

		if (!is_used[i])
			problem_found(found, PROBLEM_VERIFY_WITHOUT_PATCH, file->path, 0,
						  "there is no patch \"%s\" that this verifies%s",
						  name, plan_names_suggestion(project, reg, name,
													  NULL));
		pg_free(name);
	}
	pg_free(is_used);
}

void
check_verifications(const Project *project, const Register *reg,
					ProblemList *found)
{
	const ProblemList *problems = &project->verification_complaints;
	int			i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].path != NULL)
			problem_found(found, problems->items[i].kind,
						  problems->items[i].path, problems->items[i].line,
						  "%s", problems->items[i].text);
	check_patches(project, reg, found);
}
