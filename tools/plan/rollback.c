/*-------------------------------------------------------------------------
 *
 * plan/rollback.c
 *		What is to be taken back
 *
 * What requires what is read from the register, not from the files: it says
 * what the database will insist on.  A rollback file may take several patches
 * back; it is run when none of them is required by what is still to come.  Of
 * those that may be run, the one whose patch was applied last goes first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "lib/stringinfo.h"
#include "patch/heap.h"
#include "plan/names.h"
#include "plan/rollback.h"

/* A plan in the making; patches are numbered as in the register. */
typedef struct Planner
{
	const Project *project;
	const Register *reg;
	PatchPlan  *plan;

	/* who requires patch N: dependents[first[N]] up to first[N + 1] */
	int		   *first;
	int		   *dependents;

	bool	   *wanted;
	int		   *stack;			/* wanted ones not followed yet */
	int			depth;
} Planner;

/* The number of an applied patch, or NAME_TABLE_NONE. */
static int
applied_number(const Planner *planner, const char *name)
{
	return name_table_find(planner->reg->table, name);
}

/* Note who requires whom. */
static void
note_dependents(Planner *planner)
{
	const Register *reg = planner->reg;
	int		   *end = pg_malloc0((reg->count + 2) * sizeof(int));
	int			pass;
	int			i;
	int			j;

	/* First count them, then put each where it belongs */
	for (pass = 0; pass < 2; pass++)
	{
		for (i = 0; i < reg->count; i++)
			for (j = 0; j < reg->patches[i].requirement_count; j++)
			{
				int			number =
					applied_number(planner,
								   reg->patches[i].requirements[j]);

				if (number == NAME_TABLE_NONE)
					continue;
				if (pass == 0)
					end[number + 1]++;
				else
					planner->dependents[end[number]++] = i;
			}
		if (pass == 0)
		{
			for (i = 0; i < reg->count; i++)
				end[i + 1] += end[i];
			memcpy(planner->first, end, (reg->count + 1) * sizeof(int));
			planner->dependents = pg_malloc((end[reg->count] + 1) *
											sizeof(int));
		}
	}
	pg_free(end);
}

/* An applied patch is wanted. */
static void
want(Planner *planner, int number)
{
	if (planner->wanted[number])
		return;
	planner->wanted[number] = true;
	planner->stack[planner->depth++] = number;
}

/* Want what a file takes back, or registers, of what is applied. */
static bool
want_file(Planner *planner, const ProjectFile *file)
{
	int			i;

	if (file == NULL)
		return false;
	for (i = 0; i < file->file->count; i++)
	{
		int			number = applied_number(planner,
											file->file->calls[i].name);

		if (number != NAME_TABLE_NONE)
			want(planner, number);
	}
	return true;
}

/* Want what the user has named: a patch, or a file. */
static void
want_named(Planner *planner, const char *name)
{
	const Project *project = planner->project;
	int			number = applied_number(planner, name);

	if (number != NAME_TABLE_NONE)
		want(planner, number);
	else if (unfinished_find(&planner->reg->unfinished, name) != NULL)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" is unfinished and not registered yet: undo "
					"by hand what it has done, then apply it with "
					"--restart-at 1", name);
	else if (project_find(project, name) != PROJECT_NONE)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" is not applied, so it cannot be "
					"taken back", name);
	else if (!want_file(planner, plan_names_file(project->rollbacks,
												 project->rollback_count,
												 name)) &&
			 !want_file(planner, plan_names_file(project->patches,
												 project->patch_count, name)))
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"there is no patch \"%s\"%s", name,
					plan_names_argument_suggestion(project, planner->reg,
												   name));
}

/* The rollback file of an applied patch, or PROJECT_NONE. */
static int
rollback_of(const Planner *planner, int number)
{
	int			name = project_find(planner->project,
									planner->reg->patches[number].name);

	return name == PROJECT_NONE ? PROJECT_NONE :
		planner->project->names[name].rollback_file;
}

/* With --cascade: want all that requires the wanted, and so on. */
static void
follow_dependents(Planner *planner)
{
	while (planner->depth > 0)
	{
		int			number = planner->stack[--planner->depth];
		int			file = rollback_of(planner, number);
		int			i;

		for (i = planner->first[number]; i < planner->first[number + 1]; i++)
			want(planner, planner->dependents[i]);
		if (file != PROJECT_NONE)
			want_file(planner, &planner->project->rollbacks[file]);
	}
}

/* Complain if a patch is required by others that are to stay. */
static void
check_dependents(Planner *planner, int number)
{
	const Register *reg = planner->reg;
	StringInfoData names;
	int			i;

	initStringInfo(&names);
	for (i = planner->first[number]; i < planner->first[number + 1]; i++)
		if (!planner->wanted[planner->dependents[i]])
			appendStringInfo(&names, "%s\"%s\"", names.len > 0 ? ", " : "",
							 reg->patches[planner->dependents[i]].name);
	if (names.len > 0)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" is required by %s: take that back, too, "
					"or use --cascade", reg->patches[number].name,
					names.data);
	pg_free(names.data);
}

/* Does the name of a rollback file say that it takes the patch back? */
static bool
is_named_for(const char *path, const char *name)
{
	static const char prefix[] = "rollback-";
	const char *slash = strrchr(path, '/');
	const char *file = slash == NULL ? path : slash + 1;

	return plan_names_is_named_for(file, name) ||
		(strncmp(file, prefix, strlen(prefix)) == 0 &&
		 plan_names_is_named_for(file + strlen(prefix), name));
}

/* A file that may be meant to take the patch back, but does not, or NULL. */
static const ProjectFile *
find_unfinished(const Project *project, const char *name)
{
	int			i;

	for (i = 0; i < project->other_count; i++)
		if (project->others[i].place == PLACE_OF_ROLLBACKS &&
			is_named_for(project->others[i].path, name))
			return &project->others[i];
	return NULL;
}

/* Complain that a file does not take the patch back, and say why not. */
static void
complain_of_unfinished(Planner *planner, const ProjectFile *file,
					   const char *name)
{
	const ProblemList *reasons = &file->file->problems;
	int			i;

	for (i = 0; i < reasons->count; i++)
		if (reasons->items[i].kind != PROBLEM_NO_REGISTRATION)
			break;
	if (i < reasons->count)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, file->path,
					reasons->items[i].line, "this does not take patch \"%s\" "
					"back, as far as can be known: %s", name,
					reasons->items[i].text);
	else
		problem_add(&planner->plan->problems, PROBLEM_ERROR, file->path, 0,
					"this does not take patch \"%s\" back: let it call "
					"_v.unregister_patch", name);
}

/* Complain about a patch that no file takes back. */
static void
check_rollback(Planner *planner, int number)
{
	const char *name = planner->reg->patches[number].name;
	const ProjectFile *unfinished;

	if (rollback_of(planner, number) != PROJECT_NONE)
		return;
	unfinished = find_unfinished(planner->project, name);
	if (unfinished != NULL)
		complain_of_unfinished(planner, unfinished, name);
	else
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" has no rollback file", name);
}

/* Complain if a file takes back what it should not, or cannot. */
static void
check_file(Planner *planner, const ProjectFile *file)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		int			number = applied_number(planner, call->name);

		if (call->action != PATCH_UNREGISTER)
			continue;
		if (number == NAME_TABLE_NONE)
			problem_add(&planner->plan->problems, PROBLEM_ERROR,
						file->path, call->line,
						"this takes \"%s\" back, too, which is not applied",
						call->name);
		else if (!planner->wanted[number])
			problem_add(&planner->plan->problems, PROBLEM_ERROR,
						file->path, call->line,
						"this takes \"%s\" back, too: name it, or use "
						"--cascade", call->name);
	}
}

/* Complain about whatever keeps the wanted from being taken back. */
static void
check(Planner *planner)
{
	const Project *project = planner->project;
	bool	   *is_checked = pg_malloc0(project->rollback_count + 1);
	int			i;

	for (i = 0; i < planner->reg->count; i++)
	{
		int			file;

		if (!planner->wanted[i])
			continue;
		check_dependents(planner, i);
		check_rollback(planner, i);
		file = rollback_of(planner, i);
		if (file != PROJECT_NONE && !is_checked[file])
		{
			is_checked[file] = true;
			check_file(planner, &project->rollbacks[file]);
		}
	}
	pg_free(is_checked);
}

/* The file that must wait for a patch that requires this one, or NONE. */
static int
waiting_file(const Planner *planner, int number, const char *requirement)
{
	int			required = applied_number(planner, requirement);
	int			file;

	if (required == NAME_TABLE_NONE || !planner->wanted[required])
		return PROJECT_NONE;
	file = rollback_of(planner, required);
	return file == rollback_of(planner, number) ? PROJECT_NONE : file;
}

/* A file may be run: the heap has it by the patch that was applied last. */
static void
push_file(const Planner *planner, FileHeap *ready, int file)
{
	const PatchFile *calls = planner->project->rollbacks[file].file;
	int			last = 0;
	int			i;

	for (i = 0; i < calls->count; i++)
		last = Max(last, applied_number(planner, calls->calls[i].name));
	patch_heap_push(ready, planner->reg->count - last);
}

/* Take the next file off the heap. */
static int
pop_file(const Planner *planner, FileHeap *ready)
{
	return rollback_of(planner, planner->reg->count - patch_heap_pop(ready));
}

/* A step has been planned: what waited for it only may come next. */
static void
finish_step(const Planner *planner, const PlanStep *step, int *waits,
			FileHeap *ready)
{
	int			i;
	int			j;

	for (i = 0; i < step->name_count; i++)
	{
		int			number = applied_number(planner, step->names[i]);
		const AppliedPatch *patch = &planner->reg->patches[number];

		for (j = 0; j < patch->requirement_count; j++)
		{
			int			waiting = waiting_file(planner, number,
											   patch->requirements[j]);

			if (waiting != PROJECT_NONE && --waits[waiting] == 0)
				push_file(planner, ready, waiting);
		}
	}
}

/* Add the files to the plan, dependents first. */
static void
order_files(Planner *planner)
{
	const Register *reg = planner->reg;
	int			files = planner->project->rollback_count;
	int		   *waits = pg_malloc0((files + 1) * sizeof(int));
	bool	   *is_wanted = pg_malloc0(files + 1);
	FileHeap	ready;
	int			left = 0;
	int			i;
	int			j;

	patch_heap_init(&ready, files + 1);
	for (i = 0; i < reg->count; i++)
	{
		if (!planner->wanted[i])
			continue;
		is_wanted[rollback_of(planner, i)] = true;
		for (j = 0; j < reg->patches[i].requirement_count; j++)
		{
			const char *required = reg->patches[i].requirements[j];
			int			waiting = waiting_file(planner, i, required);

			if (waiting != PROJECT_NONE)
				waits[waiting]++;
		}
	}
	for (i = 0; i < files; i++)
	{
		left += is_wanted[i];
		if (is_wanted[i] && waits[i] == 0)
			push_file(planner, &ready, i);
	}
	for (; ready.count > 0; left--)
	{
		int			file = pop_file(planner, &ready);

		plan_add_rollback(planner->plan,
						  &planner->project->rollbacks[file]);
		finish_step(planner,
					&planner->plan->steps[planner->plan->count - 1],
					waits, &ready);
	}
	if (left > 0)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"%d rollback files cannot be put into an order: each "
					"takes back what another requires", left);
	patch_heap_free(&ready);
	pg_free(is_wanted);
	pg_free(waits);
}

PatchPlan *
plan_rollback_create(const Project *project, const Register *reg,
					 char *const *names, int name_count, bool is_cascade)
{
	Planner		planner = {0};
	int			i;

	planner.project = project;
	planner.reg = reg;
	planner.plan = plan_create(project->rollback_count);
	planner.first = pg_malloc((reg->count + 1) * sizeof(int));
	planner.wanted = pg_malloc0(reg->count + 1);
	planner.stack = pg_malloc((reg->count + 1) * sizeof(int));

	note_dependents(&planner);
	for (i = 0; i < name_count; i++)
		want_named(&planner, names[i]);
	if (is_cascade)
		follow_dependents(&planner);

	check(&planner);
	if (!problem_has_errors(&planner.plan->problems))
		order_files(&planner);

	pg_free(planner.stack);
	pg_free(planner.wanted);
	pg_free(planner.dependents);
	pg_free(planner.first);
	return planner.plan;
}
