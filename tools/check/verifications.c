/*-------------------------------------------------------------------------
 *
 * check/verifications.c
 *		What is wrong with the files that verify patches
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"
#include "plan/verify.h"

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
	plan_verify_find_strays(project, reg, PROBLEM_ERROR, found);
	for (i = 0; i < project->verification_count; i++)
	{
		const ProjectFile *file = &project->verifications[i];

		problem_disable_named(found, &file->outline->directives->disabled,
							  file->path);
	}
}
