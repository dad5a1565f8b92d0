/*-------------------------------------------------------------------------
 *
 * check/conflicts.c
 *		Patches that require what they conflict with
 *
 * Two patches that are in conflict can never be applied both, so neither can
 * what requires both of them, directly or not, nor one of the two.  We go
 * through all patches, each after those that it requires, and note on which of
 * the two it depends: with a bit for each conflict, for 64 of them at once.
 * Of the patches that depend on both, those are told of that require none of
 * them: the others cannot be applied because of these.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"

/* How many conflicts are looked at in one pass */
#define CONFLICTS 64

typedef struct ConflictPass
{
	const Project *project;
	int			pairs[CONFLICTS][2];	/* the numbers of the names */
	int			count;
	uint64	   *depends[2];		/* of each name, on that one of each pair */
	ProblemList *found;
} ConflictPass;

/*
 * Say why a patch cannot be applied, which depends on both of a pair.  Where
 * both say that they conflict, the same text comes again.
 */
static void
complain(const ConflictPass *pass, int number, const int *pair)
{
	const ProjectName *names = pass->project->names;
	const ProjectName *name = &names[number];
	const char *path = pass->project->patches[name->patch_file].path;
	const char *one = names[Min(pair[0], pair[1])].patch->name;
	const char *other = names[Max(pair[0], pair[1])].patch->name;

	if (number == pair[0] || number == pair[1])
		problem_found(pass->found, PROBLEM_IMPOSSIBLE_PATCH, path,
					  name->patch->line, "patch \"%s\" can never be applied: "
					  "it requires \"%s\", directly or not, and they are in "
					  "conflict", name->patch->name,
					  name->patch->name == one ? other : one);
	else
		problem_found(pass->found, PROBLEM_IMPOSSIBLE_PATCH, path,
					  name->patch->line, "patch \"%s\" can never be applied: "
					  "it requires \"%s\" and \"%s\", directly or not, which "
					  "are in conflict", name->patch->name, one, other);
}

/* Note what a patch depends on; all that it requires has been noted. */
static void
follow(ConflictPass *pass, int number)
{
	const PatchCall *call = pass->project->names[number].patch;
	uint64	   *one = pass->depends[0];
	uint64	   *other = pass->depends[1];
	const SimpleStringListCell *cell;
	uint64		known = 0;
	int			i;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
	{
		int			required = project_find(pass->project, cell->val);

		if (required == PROJECT_NONE)
			continue;
		one[number] |= one[required];
		other[number] |= other[required];
		known |= one[required] & other[required];
	}
	for (i = 0; i < pass->count; i++)
		if (one[number] & other[number] & ~known & UINT64CONST(1) << i)
			complain(pass, number, pass->pairs[i]);
}

/* Look at the conflicts that have been collected, and forget them. */
static void
run(ConflictPass *pass, const Judgement *judgement)
{
	const Project *project = pass->project;
	int			i;
	int			j;

	for (i = 0; i < 2; i++)
	{
		memset(pass->depends[i], 0, project->name_count * sizeof(uint64));
		for (j = 0; j < pass->count; j++)
			pass->depends[i][pass->pairs[j][i]] |= UINT64CONST(1) << j;
	}
	for (i = 0; i < judgement->order_count; i++)
	{
		const PatchFile *file = project->patches[judgement->order[i]].file;

		for (j = 0; j < file->count; j++)
		{
			int			number = project_find(project, file->calls[j].name);

			if (number != PROJECT_NONE &&
				project->names[number].patch == &file->calls[j])
				follow(pass, number);
		}
	}
	pass->count = 0;
}

void
check_conflicts(const Project *project, ProblemList *found)
{
	Judgement  *judgement = plan_judge_create(project, NULL, NULL);
	ConflictPass pass = {0};
	int			i;

	pass.project = project;
	pass.found = found;
	for (i = 0; i < 2; i++)
		pass.depends[i] = pg_malloc((project->name_count + 1) *
									sizeof(uint64));
	for (i = 0; i < judgement->count; i++)
	{
		const Obstacle *obstacle = &judgement->obstacles[i];

		if (obstacle->kind != OBSTACLE_RIVAL)
			continue;
		pass.pairs[pass.count][0] = project_find(project,
												 obstacle->call->name);
		pass.pairs[pass.count][1] = project_find(project, obstacle->other);
		if (++pass.count == CONFLICTS)
			run(&pass, judgement);
	}
	if (pass.count > 0)
		run(&pass, judgement);

	pg_free(pass.depends[0]);
	pg_free(pass.depends[1]);
	plan_judge_free(judgement);
}
