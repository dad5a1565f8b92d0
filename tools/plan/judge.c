/*-------------------------------------------------------------------------
 *
 * plan/judge.c
 *		What stands in the way of patches
 *
 * Whatever wants to know whether patches can be applied asks here: apply, what
 * status says of each of them, and check.  First each pending patch is looked
 * at by itself.  Then the files are put into an order, in which those that a
 * patch requires have been judged when its turn comes: what requires a blocked
 * one is blocked, too.  Files without a place in the order are in a cycle, or
 * require one that is.
 *
 * A file may say that a job must be done first.  Then it waits, and with it
 * what requires its patches.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "patch/graph.h"
#include "plan/jobs.h"
#include "plan/judge.h"
#include "plan/names.h"

/* What is said of an obstacle, after something about the patch */
static const struct
{
	ProblemKind kind;
	const char *about;
	const char *phrase;
}			texts[] = {
	[OBSTACLE_MISSING] = {
		PROBLEM_UNKNOWN_REQUIREMENT, "patch \"%s\" ",
		"requires \"%s\", which is neither applied nor registered by a file"
	},
	[OBSTACLE_UNFINISHED] = {
		PROBLEM_UNKNOWN_REQUIREMENT, "patch \"%s\" ",
		"requires \"%s\", which is unfinished, and not registered by a file"
	},
	[OBSTACLE_CONFLICT] = {
		PROBLEM_CONFLICT, "patch \"%s\" ",
		"conflicts with \"%s\", which is applied"
	},
	[OBSTACLE_ENEMY] = {
		PROBLEM_CONFLICT, "patch \"%s\" cannot be applied: ",
		"\"%s\", which is applied, conflicts with it"
	},
	[OBSTACLE_RIVAL] = {
		PROBLEM_CONFLICT, "patch \"%s\" ",
		"conflicts with \"%s\", which is pending, too"
	},
	[OBSTACLE_NEIGHBOUR] = {
		PROBLEM_IMPOSSIBLE_PATCH, "patch \"%s\" cannot be applied: ",
		"its file registers \"%s\", too, which is applied"
	},
	[OBSTACLE_NO_JOB] = {
		PROBLEM_UNKNOWN_JOB, "patch \"%s\" ",
		"waits for the job \"%s\", which no file registers"
	},
	[OBSTACLE_FOREIGN_JOB] = {
		PROBLEM_UNKNOWN_JOB, "patch \"%s\" ",
		"waits for the job \"%s\" of a patch that it does not require"
	},
	[OBSTACLE_ORDER] = {PROBLEM_CYCLE, "", "%s"},
	[OBSTACLE_BLOCKED] = {
		PROBLEM_CYCLE, "patch \"%s\" ",
		"requires \"%s\", which is blocked"
	},
	[OBSTACLE_COMPANION] = {
		PROBLEM_CYCLE, "patch \"%s\" ",
		"its file registers \"%s\", too, which is blocked"
	}
};

/* Is the patch known to be applied, all of it? */
static bool
is_applied(const Judgement *judgement, const char *name)
{
	return judgement->reg != NULL &&
		register_find(judgement->reg, name) != NULL;
}

/* Is there a row of it in the register, whatever is done of it? */
static bool
has_row(const Judgement *judgement, const char *name)
{
	return judgement->reg != NULL &&
		register_find_row(judgement->reg, name) != NULL;
}

/* Is it known to be unfinished? */
static bool
is_unfinished(const Judgement *judgement, const char *name)
{
	return judgement->reg != NULL &&
		unfinished_find(&judgement->reg->unfinished, name) != NULL;
}

bool
plan_judge_is_pending(const Register *reg, const PatchCall *call)
{
	return call->action != PATCH_UNREGISTER &&
		(reg == NULL || register_find(reg, call->name) == NULL);
}

/* Is the file wanted? */
static bool
is_wanted(const Judgement *judgement, int file)
{
	return judgement->wanted == NULL || judgement->wanted[file];
}

/* Will the patch be there when all that is wanted is applied? */
static bool
is_coming(const Judgement *judgement, const char *name)
{
	const ProjectName *entry = project_find_patch(judgement->project, name);

	return entry != NULL && is_wanted(judgement, entry->patch_file) &&
		!is_applied(judgement, name);
}

/* Add an obstacle, unless it is the same as the last one. */
static void
add(Judgement *judgement, ObstacleKind kind, const ProjectFile *file,
	const PatchCall *call, const char *other)
{
	Obstacle   *last = judgement->obstacles + judgement->count;

	if (judgement->count > 0 && last[-1].kind == kind &&
		last[-1].call == call && strcmp(last[-1].other, other) == 0)
		return;
	ARRAY_MAKE_ROOM(judgement->obstacles, judgement->count);
	last = &judgement->obstacles[judgement->count++];
	last->kind = kind;
	last->file = file;
	last->call = call;
	last->other = other;
	judgement->has_obstacle[project_find(judgement->project,
										 call->name)] = true;
}

/* Find the pending patches that an applied one says it conflicts with. */
static void
judge_enemy(Judgement *judgement, const AppliedPatch *applied)
{
	const SimpleStringListCell *cell;

	for (cell = applied->conflicts.head; cell != NULL; cell = cell->next)
	{
		const ProjectName *entry = project_find_patch(judgement->project,
													  cell->val);

		/* What the patch says itself is found where it is */
		if (is_coming(judgement, cell->val) &&
			!patch_call_conflicts(entry->patch, applied->name))
			add(judgement, OBSTACLE_ENEMY,
				&judgement->project->patches[entry->patch_file],
				entry->patch, applied->name);
	}
}

/* Judge a patch by what it requires and conflicts with. */
static void
judge_call(Judgement *judgement, const ProjectFile *file,
		   const PatchCall *call)
{
	const SimpleStringListCell *cell;

	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
		if (!is_applied(judgement, cell->val) &&
			project_find_patch(judgement->project, cell->val) == NULL)
			add(judgement, is_unfinished(judgement, cell->val) ?
				OBSTACLE_UNFINISHED : OBSTACLE_MISSING, file, call,
				cell->val);
	for (cell = call->conflicts.head; cell != NULL; cell = cell->next)
	{
		if (strcmp(cell->val, call->name) == 0)
			continue;
		if (is_coming(judgement, cell->val))
			add(judgement, OBSTACLE_RIVAL, file, call, cell->val);
		else if (has_row(judgement, cell->val))
			add(judgement, OBSTACLE_CONFLICT, file, call, cell->val);
	}
}

/* Is the job known to be there? */
static const Job *
find_job(const Judgement *judgement, const char *name)
{
	return judgement->reg == NULL ? NULL :
		jobs_find(&judgement->reg->jobs, name);
}

/*
 * A file waits for a job that is not there: can it be, when the turn of the
 * patch comes?
 */
static void
judge_source(Judgement *judgement, const ProjectFile *file,
			 const PatchCall *call, const char *job)
{
	const ProjectFile *source = plan_jobs_find_file(judgement->project, job);

	if (source == NULL)
		add(judgement, OBSTACLE_NO_JOB, file, call, job);
	else if (source == file ||
			 !plan_jobs_requires(judgement->project, file, source))
		add(judgement, OBSTACLE_FOREIGN_JOB, file, call, job);
}

/* Judge a patch by the jobs that its file waits for. */
static void
judge_jobs(Judgement *judgement, const ProjectFile *file,
		   const PatchCall *call)
{
	JudgedWait *wait = &judgement->waits[file - judgement->project->patches];
	int			i;

	for (i = 0; i < file->file->job_count; i++)
	{
		const PatchJob *awaited = &file->file->jobs[i];
		const Job  *job = find_job(judgement, awaited->name);

		if (awaited->action != JOB_AWAIT || (job != NULL && job->is_done))
			continue;
		if (job == NULL)
			judge_source(judgement, file, call, awaited->name);
		if (judgement->reg != NULL && wait->job == NULL)
			wait->job = awaited;
	}
}

/* Judge the patches of a file that are pending; returns whether some are. */
static bool
judge_file(Judgement *judgement, const ProjectFile *file)
{
	const PatchFile *calls = file->file;
	const char *neighbour = NULL;
	bool		has_pending = false;
	int			i;

	for (i = 0; i < calls->count; i++)
		if (calls->calls[i].action == PATCH_REGISTER &&
			is_applied(judgement, calls->calls[i].name))
			neighbour = calls->calls[i].name;
	for (i = 0; i < calls->count; i++)
	{
		const PatchCall *call = &calls->calls[i];

		if (!plan_judge_is_pending(judgement->reg, call))
			continue;
		has_pending = true;
		if (neighbour != NULL)
			add(judgement, OBSTACLE_NEIGHBOUR, file, call, neighbour);
		judge_call(judgement, file, call);
		judge_jobs(judgement, file, call);
	}
	return has_pending;
}

/* Has a patch that is to be applied been found to be blocked? */
static bool
is_blocked(const Judgement *judgement, const char *name)
{
	int			number = project_find(judgement->project, name);

	return is_coming(judgement, name) &&
		(judgement->has_obstacle[number] || judgement->is_left_out[number]);
}

/* Find what a file requires of what is blocked; it is run as a whole. */
static void
follow_file(Judgement *judgement, const ProjectFile *file)
{
	const PatchFile *calls = file->file;
	const SimpleStringListCell *cell;
	const char *blocked = NULL;
	int			i;

	for (i = 0; i < calls->count; i++)
	{
		const PatchCall *call = &calls->calls[i];

		if (!plan_judge_is_pending(judgement->reg, call))
			continue;
		for (cell = call->requirements.head; cell != NULL; cell = cell->next)
			if (is_blocked(judgement, cell->val) &&
				strcmp(cell->val, call->name) != 0)
				add(judgement, OBSTACLE_BLOCKED, file, call, cell->val);
		if (judgement->has_obstacle[project_find(judgement->project,
												 call->name)])
			blocked = call->name;
	}
	for (i = 0; i < calls->count && blocked != NULL; i++)
	{
		const PatchCall *call = &calls->calls[i];

		if (plan_judge_is_pending(judgement->reg, call) &&
			!judgement->has_obstacle[project_find(judgement->project,
												  call->name)])
			add(judgement, OBSTACLE_COMPANION, file, call, blocked);
	}
}

/* Does a file wait, as what one of its patches requires does? */
static void
follow_waits(Judgement *judgement, const ProjectFile *file)
{
	const Project *project = judgement->project;
	const SimpleStringListCell *cell;
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		if (!plan_judge_is_pending(judgement->reg, &file->file->calls[i]))
			continue;
		for (cell = file->file->calls[i].requirements.head; cell != NULL;
			 cell = cell->next)
			if (is_coming(judgement, cell->val) &&
				plan_judge_waits(judgement, project_find_patch(
					project, cell->val)->patch_file))
				judgement->waits[file - project->patches].patch = cell->val;
	}
}

/* A file is without a place in the order: so are its patches. */
static void
block_file(Judgement *judgement, const ProjectFile *file,
		   const Problem *reason)
{
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];

		if (call->action == PATCH_UNREGISTER)
			continue;
		judgement->is_left_out[project_find(judgement->project,
											call->name)] = true;
		if (reason == NULL || call->line != reason->line)
			continue;
		add(judgement, OBSTACLE_ORDER, file, call, reason->text);
		reason = NULL;
	}
}

/*
 * The files of those numbers have no place in the order.  Of each cycle the
 * problem is that of one of its files.
 */
static void
judge_rest(Judgement *judgement, const int *files, int count)
{
	const ProjectFile *patches = judgement->project->patches;
	const ProblemList *problems = &judgement->problems;
	NameTable  *paths = name_table_create(64);
	const Problem **reasons = pg_malloc((problems->count + 1) *
										sizeof(Problem *));
	int			i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].level == PROBLEM_ERROR)
			reasons[name_table_add(paths, problems->items[i].path)] =
				&problems->items[i];
	for (i = 0; i < count; i++)
	{
		int			number = name_table_find(paths, patches[files[i]].path);

		block_file(judgement, &patches[files[i]],
				   number == NAME_TABLE_NONE ? NULL : reasons[number]);
	}
	for (i = 0; i < count; i++)
		follow_file(judgement, &patches[files[i]]);
	pg_free(reasons);
	name_table_free(paths);
}

/* Put files of those numbers into an order, and follow what is blocked. */
static void
judge_order(Judgement *judgement, int *files, int count)
{
	const ProjectFile *patches = judgement->project->patches;
	PatchGraph *graph = patch_graph_create();
	int			rest = 0;
	int			i;

	for (i = 0; i < count; i++)
		patch_graph_add(graph, patches[files[i]].path,
						patches[files[i]].file);
	judgement->order = pg_malloc((count + 1) * sizeof(int));
	judgement->order_count = patch_graph_sort(graph, judgement->order,
											  &judgement->problems);
	patch_graph_free(graph);

	for (i = 0; i < judgement->order_count; i++)
	{
		int			place = judgement->order[i];

		judgement->order[i] = files[place];
		files[place] = PROJECT_NONE;
		follow_file(judgement, &patches[judgement->order[i]]);
		follow_waits(judgement, &patches[judgement->order[i]]);
	}
	for (i = 0; i < count; i++)
		if (files[i] != PROJECT_NONE)
			files[rest++] = files[i];
	if (rest > 0)
		judge_rest(judgement, files, rest);
}

Judgement *
plan_judge_create(const Project *project, const Register *reg,
				  const bool *wanted)
{
	Judgement  *judgement = pg_malloc0(sizeof(Judgement));
	int		   *files = pg_malloc((project->patch_count + 1) * sizeof(int));
	int			count = 0;
	int			i;

	judgement->project = project;
	judgement->reg = reg;
	judgement->wanted = wanted;
	judgement->waits = pg_malloc0((project->patch_count + 1) *
								  sizeof(JudgedWait));
	judgement->has_obstacle = pg_malloc0(project->name_count + 1);
	judgement->is_left_out = pg_malloc0(project->name_count + 1);
	for (i = 0; reg != NULL && i < reg->count; i++)
		judge_enemy(judgement, &reg->patches[i]);
	for (i = 0; i < project->patch_count; i++)
		if (is_wanted(judgement, i) &&
			judge_file(judgement, &project->patches[i]))
			files[count++] = i;
	judge_order(judgement, files, count);
	pg_free(files);
	return judgement;
}

char *
plan_judge_phrase(const Obstacle *obstacle)
{
	return psprintf(texts[obstacle->kind].phrase, obstacle->other);
}

bool
plan_judge_waits(const Judgement *judgement, int file)
{
	return judgement->waits[file].job != NULL ||
		judgement->waits[file].patch != NULL;
}

char *
plan_judge_wait_phrase(const Judgement *judgement, int file)
{
	const JudgedWait *wait = &judgement->waits[file];
	const Job  *job;
	char	   *how;
	char	   *phrase;

	/* One that is still to be registered may be so when this is read */
	if (wait->job == NULL)
		return psprintf("requires \"%s\", which waits", wait->patch);
	job = find_job(judgement, wait->job->name);
	if (job == NULL)
		return psprintf("waits for the job \"%s\"", wait->job->name);
	how = jobs_describe(job);
	phrase = psprintf("waits for the job \"%s\" (%s)", wait->job->name, how);
	pg_free(how);
	return phrase;
}

/* What helps, after the sentence; the caller frees it. */
static char *
help(const Judgement *judgement, const Obstacle *obstacle)
{
	const Project *project = judgement->project;

	if (obstacle->kind == OBSTACLE_MISSING)
		return pg_strdup(plan_names_suggestion(project, judgement->reg,
											   obstacle->other,
											   obstacle->call->name));
	if (obstacle->kind == OBSTACLE_RIVAL)
		return psprintf(" (%s)", project->patches[
			project_find_patch(project, obstacle->other)->patch_file].path);
	return pg_strdup("");
}

/* Is it told of elsewhere, or no problem at all? */
static bool
is_implied(const Judgement *judgement, const Obstacle *obstacle)
{
	const ProjectName *other = project_find_patch(judgement->project,
												  obstacle->other);

	/* Where both say that they conflict, it is told of the first one */
	if (obstacle->kind == OBSTACLE_RIVAL)
		return judgement->reg == NULL ||
			(other < project_find_patch(judgement->project,
										obstacle->call->name) &&
			 patch_call_conflicts(other->patch, obstacle->call->name));
	return obstacle->kind == OBSTACLE_BLOCKED ||
		obstacle->kind == OBSTACLE_COMPANION;
}

void
plan_judge_report(const Judgement *judgement, ProblemList *problems)
{
	int			i;

	for (i = 0; i < judgement->count; i++)
	{
		const Obstacle *obstacle = &judgement->obstacles[i];
		char	   *about;
		char	   *phrase;
		char	   *hint;

		if (is_implied(judgement, obstacle))
			continue;
		about = psprintf(texts[obstacle->kind].about, obstacle->call->name);
		phrase = obstacle->kind == OBSTACLE_MISSING &&
			judgement->reg == NULL ?
			psprintf("requires \"%s\", which no file registers",
					 obstacle->other) : plan_judge_phrase(obstacle);
		hint = help(judgement, obstacle);
		problem_found(problems, texts[obstacle->kind].kind,
					  obstacle->file->path, obstacle->call->line, "%s%s%s",
					  about, phrase, hint);
		pg_free(hint);
		pg_free(phrase);
		pg_free(about);
	}
}

void
plan_judge_free(Judgement *judgement)
{
	problem_free(&judgement->problems);
	pg_free(judgement->waits);
	pg_free(judgement->has_obstacle);
	pg_free(judgement->is_left_out);
	pg_free(judgement->order);
	pg_free(judgement->obstacles);
	pg_free(judgement);
}
