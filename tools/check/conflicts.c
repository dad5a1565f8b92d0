/*-------------------------------------------------------------------------
 *
 * check/conflicts.c
 *		Patches that require what they conflict with
 *
 * Two patches that are in conflict can never be applied both, so neither can
 * what requires both of them, directly or not, nor one of the two.  For
 * each conflict we mark what depends on the one and on the other patch.  Of
 * the patches with both marks, those are told of that require none of them:
 * the others cannot be applied because of these.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/check.h"

/* No link */
#define NONE (-1)

/* A name in the list of those that require another */
typedef struct Dependent
{
	int			name;
	int			next;
} Dependent;

/* The dependents of each name of a project, by its number */
typedef struct Dependents
{
	const Project *project;
	int		   *first;			/* of each name */
	Dependent  *links;
	int			count;
	int			space;

	/* of each name, the last conflicts in which it has been marked */
	int		   *marks[2];
	int		   *queue;			/* room for all names */
} Dependents;

/* The number of a name that a file registers, or NONE. */
static int
find_patch(const Project *project, const char *name)
{
	const ProjectName *entry = project_find_patch(project, name);

	return entry == NULL ? NONE : (int) (entry - project->names);
}

/* Note what the patch of that number requires. */
static void
add_requirements(Dependents *dependents, int number)
{
	const PatchCall *call = dependents->project->names[number].patch;
	const SimpleStringListCell *cell;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
	{
		int			required = find_patch(dependents->project, cell->val);
		Dependent  *link;

		if (required == NONE)
			continue;
		if (dependents->count == dependents->space)
		{
			dependents->space = Max(64, 2 * dependents->space);
			dependents->links = pg_realloc(dependents->links,
										   dependents->space *
										   sizeof(Dependent));
		}
		link = &dependents->links[dependents->count];
		link->name = number;
		link->next = dependents->first[required];
		dependents->first[required] = dependents->count++;
	}
}

/*
 * Mark a patch and all that require it, directly or not.  Returns how many
 * they are, which are in the queue.
 */
static int
mark(Dependents *dependents, int *marks, int number, int pass)
{
	int			count = 0;
	int			done;

	marks[number] = pass;
	dependents->queue[count++] = number;
	for (done = 0; done < count; done++)
	{
		int			link = dependents->first[dependents->queue[done]];

		for (; link != NONE; link = dependents->links[link].next)
		{
			int			dependent = dependents->links[link].name;

			if (marks[dependent] == pass)
				continue;
			marks[dependent] = pass;
			dependents->queue[count++] = dependent;
		}
	}
	return count;
}

/* Does the patch require one that has both marks? */
static bool
requires_marked(const Dependents *dependents, int number, int pass)
{
	const Project *project = dependents->project;
	const SimpleStringListCell *cell;

	for (cell = project->names[number].patch->requirements.head; cell != NULL;
		 cell = cell->next)
	{
		int			required = find_patch(project, cell->val);

		if (required != NONE && dependents->marks[0][required] == pass &&
			dependents->marks[1][required] == pass)
			return true;
	}
	return false;
}

/*
 * Say why a patch cannot be applied: "one" conflicts with "other".  Where the
 * other says so, too, the same text comes again.
 */
static void
complain(const Project *project, int number, int one, int other,
		 ProblemList *found)
{
	const ProjectName *name = &project->names[number];
	const char *path = project->patches[name->patch_file].path;
	const char *one_name = project->names[Min(one, other)].patch->name;
	const char *other_name = project->names[Max(one, other)].patch->name;

	if (number == one || number == other)
		problem_found(found, PROBLEM_IMPOSSIBLE_PATCH, path,
					  name->patch->line, "patch \"%s\" can never be applied: "
					  "it requires \"%s\", directly or not, and they are in "
					  "conflict", name->patch->name,
					  number == Min(one, other) ? other_name : one_name);
	else
		problem_found(found, PROBLEM_IMPOSSIBLE_PATCH, path,
					  name->patch->line, "patch \"%s\" can never be applied: "
					  "it requires \"%s\" and \"%s\", directly or not, which "
					  "are in conflict", name->patch->name, one_name,
					  other_name);
}

/* Complain about the patches that require both of two that conflict. */
static void
check_pair(Dependents *dependents, int one, int other, int pass,
		   ProblemList *found)
{
	int			count;
	int			i;

	(void) mark(dependents, dependents->marks[0], one, pass);
	count = mark(dependents, dependents->marks[1], other, pass);
	for (i = 0; i < count; i++)
	{
		int			number = dependents->queue[i];

		if (dependents->marks[0][number] == pass &&
			!requires_marked(dependents, number, pass))
			complain(dependents->project, number, one, other, found);
	}
}

void
check_conflicts(const Project *project, ProblemList *found)
{
	Dependents	dependents = {0};
	size_t		size = (project->name_count + 1) * sizeof(int);
	const SimpleStringListCell *cell;
	int			pass = 0;
	int			i;

	dependents.project = project;
	dependents.first = pg_malloc(size);
	dependents.queue = pg_malloc(size);
	dependents.marks[0] = pg_malloc0(size);
	dependents.marks[1] = pg_malloc0(size);
	for (i = 0; i < project->name_count; i++)
		dependents.first[i] = NONE;
	for (i = 0; i < project->name_count; i++)
		if (project->names[i].patch != NULL)
			add_requirements(&dependents, i);

	for (i = 0; i < project->name_count; i++)
		for (cell = project->names[i].patch == NULL ? NULL :
			 project->names[i].patch->conflicts.head; cell != NULL;
			 cell = cell->next)
		{
			int			other = find_patch(project, cell->val);

			if (other != NONE && other != i)
				check_pair(&dependents, i, other, ++pass, found);
		}

	pg_free(dependents.first);
	pg_free(dependents.queue);
	pg_free(dependents.marks[0]);
	pg_free(dependents.marks[1]);
	pg_free(dependents.links);
}
