/*-------------------------------------------------------------------------
 *
 * check/scripts.c
 *		What is wrong with each of the scripts of a project
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"

/* Is this line of the script itself complained of already? */
static bool
is_known(const ProblemList *known, const Problem *problem)
{
	int			i;

	for (i = 0; i < known->count; i++)
		if (known->items[i].line == problem->line &&
			known->items[i].kind == problem->kind)
			return problem->path == NULL;
	return false;
}

/*
 * Add what there is to complain about a file, unless it is known.  Is the file
 * readable?
 */
static bool
add_problems(const ProjectFile *file, const ProblemList *problems,
			 const ProblemList *known, ProblemList *found)
{
	bool		is_readable = true;
	int			i;

	for (i = 0; i < problems->count; i++)
	{
		const Problem *problem = &problems->items[i];

		is_readable &= problem->kind != PROBLEM_UNREADABLE;
		if (known == NULL || !is_known(known, problem))
			problem_found(found, problem->kind, problem->path == NULL ?
						  file->path : problem->path, problem->line, "%s",
						  problem->text);
	}
	return is_readable;
}

/* Check a script that registers something or takes it back, or does not. */
static void
check_script(const ProjectFile *file, bool has_calls, ProblemList *found)
{
	const ProblemList *problems = &file->file->problems;
	ScriptOutline *outline;

	found->main_path = file->path;
	if (add_problems(file, problems, NULL, found))
	{
		outline = project_outline(file);
		if (!has_calls)			/* then it is not run by itself */
			problem_forget(&outline->problems, PROBLEM_NOT_UNDERSTOOD);
		(void) add_problems(file, &outline->problems, problems,
							found);
		if (!file->is_included) /* else it depends on what includes it */
			(void) add_problems(file, &outline->missing, NULL, found);
		if (has_calls)
			check_transactions(outline, found);
		else
			problem_disable_named(found, &outline->directives->disabled,
								  file->path);
	}
	found->main_path = NULL;
}

void
check_scripts(const Project *project, ProblemList *found)
{
	int			i;

	for (i = 0; i < project->patch_count; i++)
		check_script(&project->patches[i], true, found);
	for (i = 0; i < project->rollback_count; i++)
		check_script(&project->rollbacks[i], true, found);
	for (i = 0; i < project->other_count; i++)
		check_script(&project->others[i], false, found);
}
