/*-------------------------------------------------------------------------
 *
 * plan/jobs.c
 *		Which patch a job belongs to
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "plan/jobs.h"

const ProjectFile *
plan_jobs_find_file(const Project *project, const char *name)
{
	int			i;
	int			j;

	for (i = 0; i < project->patch_count; i++)
		for (j = 0; j < project->patches[i].file->job_count; j++)
		{
			const PatchJob *job = &project->patches[i].file->jobs[j];

			if (job->action == JOB_REGISTER && strcmp(job->name, name) == 0)
				return &project->patches[i];
		}
	return NULL;
}

/* Does what this call registers require a patch of that file? */
static bool
call_requires(const Project *project, const PatchCall *call,
			  const ProjectFile *file)
{
	bool	   *is_seen = pg_malloc0(project->name_count + 1);
	const PatchCall **stack = pg_malloc((project->name_count + 1) *
										sizeof(PatchCall *));
	int			depth = 0;
	bool		result = false;

	stack[depth++] = call;
	while (depth > 0 && !result)
	{
		const SimpleStringListCell *cell = stack[--depth]->requirements.head;

		for (; cell != NULL; cell = cell->next)
		{
			int			number = project_find(project, cell->val);

			if (number == PROJECT_NONE || is_seen[number] ||
				project->names[number].patch == NULL)
				continue;
			is_seen[number] = true;
			result |= project->names[number].patch_file ==
				file - project->patches;
			stack[depth++] = project->names[number].patch;
		}
	}
	pg_free(is_seen);
	pg_free(stack);
	return result;
}

bool
plan_jobs_requires(const Project *project, const ProjectFile *file,
				   const ProjectFile *other)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
		if (call_requires(project, &file->file->calls[i], other))
			return true;
	return false;
}
