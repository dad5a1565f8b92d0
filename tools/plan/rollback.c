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

#include "base/array.h"
#include "patch/graph.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "pqexpbuffer.h"

/* No link */
#define NONE (-1)

/* A patch in the list of those that require another */
typedef struct Dependent
{
	int			number;
	int			next;
} Dependent;

/* A plan in the making; patches are numbered as in the register. */
typedef struct Planner
{
	const Project *project;
	const Register *reg;
	PatchPlan  *plan;

	int		   *first;			/* of the dependents of each patch */
	Dependent  *dependents;

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

/* Note who requires whom, so that each list is in the register's order. */
static void
note_dependents(Planner *planner)
{
	const Register *reg = planner->reg;
	const SimpleStringListCell *cell;
	int			count = 0;
	int			i;

	for (i = reg->count - 1; i >= 0; i--)
		for (cell = reg->patches[i].requirements.head; cell != NULL;
			 cell = cell->next)
		{
			int			number = applied_number(planner, cell->val);

			if (number == NAME_TABLE_NONE)
				continue;
			ARRAY_MAKE_ROOM(planner->dependents, count);
			planner->dependents[count].number = i;
			planner->dependents[count].next = planner->first[number];
			planner->first[number] = count++;
		}
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

		for (i = planner->first[number]; i != NONE;
			 i = planner->dependents[i].next)
			want(planner, planner->dependents[i].number);
		if (file != PROJECT_NONE)
			want_file(planner, &planner->project->rollbacks[file]);
	}
}

/* Complain if a patch is required by others that are to stay. */
static void
check_dependents(Planner *planner, int number)
{
	const Register *reg = planner->reg;
	PQExpBuffer names = createPQExpBuffer();
	int			i;

	for (i = planner->first[number]; i != NONE;
		 i = planner->dependents[i].next)
	{
		int			dependent = planner->dependents[i].number;

		if (!planner->wanted[dependent])
			appendPQExpBuffer(names, "%s\"%s\"", names->len > 0 ? ", " : "",
							  reg->patches[dependent].name);
	}
	if (names->len > 0)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"patch \"%s\" is required by %s: take that back, too, "
					"or use --cascade", reg->patches[number].name,
					names->data);
	destroyPQExpBuffer(names);
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
find_draft(const Project *project, const char *name)
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
complain_of_draft(Planner *planner, const ProjectFile *file,
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
	const ProjectFile *draft;

	if (rollback_of(planner, number) != PROJECT_NONE)
		return;
	draft = find_draft(planner->project, name);
	if (draft != NULL)
		complain_of_draft(planner, draft, name);
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

/*
 * What a rollback file takes back of the wanted patches, as if it registered
 * them, and required what is to be taken back before it: what requires them,
 * but for what is in the file itself.
 */
static PatchFile *
reverse_file(const Planner *planner, int file)
{
	const PatchFile *calls = planner->project->rollbacks[file].file;
	const AppliedPatch *patches = planner->reg->patches;
	PatchFile  *reversed = pg_malloc0(sizeof(PatchFile));
	int			i;

	reversed->calls = pg_malloc0((calls->count + 1) * sizeof(PatchCall));
	for (i = 0; i < calls->count; i++)
	{
		int			number = applied_number(planner, calls->calls[i].name);
		PatchCall  *call = &reversed->calls[reversed->count];
		int			link;

		if (calls->calls[i].action != PATCH_UNREGISTER)
			continue;
		call->name = pg_strdup(calls->calls[i].name);
		for (link = planner->first[number]; link != NONE;
			 link = planner->dependents[link].next)
		{
			int			dependent = planner->dependents[link].number;

			if (rollback_of(planner, dependent) != file)
				simple_string_list_append(&call->requirements,
										  patches[dependent].name);
		}
		reversed->count++;
	}
	return reversed;
}

/* Add the files to the plan, dependents first. */
static void
order_files(Planner *planner)
{
	const Project *project = planner->project;
	int			space = project->rollback_count + 1;
	PatchGraph *graph = patch_graph_create();
	PatchFile **reversed = pg_malloc0(space * sizeof(PatchFile *));
	int		   *files = pg_malloc(space * sizeof(int));
	int		   *order = pg_malloc(space * sizeof(int));
	ProblemList problems = {0};
	int			count = 0;
	int			sorted;
	int			i;

	/* Of files that may come next, the one added first does */
	for (i = planner->reg->count - 1; i >= 0; i--)
	{
		int			file = rollback_of(planner, i);

		if (!planner->wanted[i] || reversed[file] != NULL)
			continue;
		reversed[file] = reverse_file(planner, file);
		patch_graph_add(graph, project->rollbacks[file].path,
						reversed[file]);
		files[count++] = file;
	}
	sorted = patch_graph_sort(graph, order, &problems);
	for (i = 0; i < sorted; i++)
		plan_add_rollback(planner->plan,
						  &project->rollbacks[files[order[i]]]);
	if (sorted < count)
		problem_add(&planner->plan->problems, PROBLEM_ERROR, NULL, 0,
					"%d rollback files cannot be put into an order: each "
					"takes back what another requires", count - sorted);

	for (i = 0; i < count; i++)
		patch_file_free(reversed[files[i]]);
	problem_free(&problems);
	pg_free(order);
	pg_free(files);
	pg_free(reversed);
	patch_graph_free(graph);
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

	for (i = 0; i < reg->count; i++)
		planner.first[i] = NONE;
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
