/*-------------------------------------------------------------------------
 *
 * project/project.c
 *		The patch files and rollback files of a project
 *
 * Directories are searched, with those in them, for files whose names end
 * with ".sql".  What a file is follows from the calls in it: a patch
 * registers something, a rollback takes something back.  Only where the user
 * says that rollbacks are, a file that does both is a rollback too.
 *
 * Nothing is left out silently: files that are neither are kept, as "others".
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "project/includes.h"
#include "project/project.h"
#include "project/search.h"
#include "script/outline.h"

/* Does the file make a call that (un)registers something? */
static bool
has_call(const PatchFile *file, bool is_unregister)
{
	int			i;

	for (i = 0; i < file->count; i++)
		if ((file->calls[i].action == PATCH_UNREGISTER) == is_unregister)
			return true;
	return false;
}

/* Make room for one more file, and put it there; returns its number. */
static int
append_file(ProjectFile **files, int *count, const ProjectFile *file)
{
	/* Powers of two are when the room is used up */
	if ((*count & (*count - 1)) == 0)
		*files = pg_realloc(*files, Max(1, 2 * *count) *
							sizeof(ProjectFile));
	(*files)[*count] = *file;
	return (*count)++;
}

/* The entry of a name, a new one if there is none. */
static ProjectName *
find_or_add_name(Project *project, const char *name)
{
	int			number = name_table_add(project->table, name);
	ProjectName *entry;

	if (number < project->name_count)
		return &project->names[number];
	if ((number & (number - 1)) == 0)
		project->names = pg_realloc(project->names, Max(1, 2 * number) *
									sizeof(ProjectName));
	entry = &project->names[project->name_count++];
	entry->patch = entry->rollback = NULL;
	entry->patch_file = entry->rollback_file = PROJECT_NONE;
	return entry;
}

/* Note which names a patch file registers. */
static void
note_patches(Project *project, int number)
{
	const ProjectFile *file = &project->patches[number];
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		ProjectName *name;

		if (call->action == PATCH_UNREGISTER)
			continue;
		name = find_or_add_name(project, call->name);
		if (name->patch == NULL)
		{
			name->patch = call;
			name->patch_file = number;
		}
		else if (name->patch_file != number)
			problem_add(&project->problems, PROBLEM_ERROR, file->path,
						call->line,
						"patch \"%s\" is registered by %s:%d, too",
						call->name, project->patches[name->patch_file].path,
						name->patch->line);
	}
}

/* Note which names a rollback file takes back. */
static void
note_rollbacks(Project *project, int number)
{
	const ProjectFile *file = &project->rollbacks[number];
	int			i;

	for (i = 0; i < file->file->count; i++)
	{
		const PatchCall *call = &file->file->calls[i];
		ProjectName *name;

		if (call->action != PATCH_UNREGISTER)
			continue;
		name = find_or_add_name(project, call->name);
		if (name->rollback == NULL)
		{
			name->rollback = call;
			name->rollback_file = number;
		}
		else if (name->rollback_file != number)
			problem_add(&project->rollback_complaints, PROBLEM_ERROR,
						file->path, call->line,
						"patch \"%s\" is taken back by %s:%d, too",
						call->name,
						project->rollbacks[name->rollback_file].path,
						name->rollback->line);
	}
}

/* Does the file say that nothing is to be said of this? */
static bool
disables(ScriptOutline *outline, ProblemKind kind)
{
	return simple_string_list_member(&outline->disabled, problem_name(kind));
}

/* Does the file say so of what it may take back? */
static bool
is_known_unclear(const ProjectFile *file)
{
	ScriptOutline *outline = script_outline_read(file->path, NULL);
	bool		result = disables(outline, PROBLEM_UNCLEAR_ROLLBACK);

	script_outline_free(outline);
	return result;
}

/*
 * Take over what there is to complain about a file.  If nothing is found in
 * it but what warns of a registration that cannot be read, the file would be
 * left out although it may well be a patch: so that is an error.  What it may
 * take back is of interest only to who looks for that.
 */
static void
copy_complaints(Project *project, const ProjectFile *file)
{
	const ProblemList *problems = &file->file->problems;
	int			i;

	for (i = 0; i < problems->count; i++)
	{
		const Problem *problem = &problems->items[i];
		ProblemLevel level = problem->level;
		bool		is_patch = file->place == PLACE_OF_PATCHES &&
			problem->kind != PROBLEM_UNCLEAR_ROLLBACK;

		if (problem->kind == PROBLEM_NO_REGISTRATION ||
			(problem->kind == PROBLEM_UNCLEAR_ROLLBACK &&
			 is_known_unclear(file)))
			continue;
		if (level == PROBLEM_WARNING && file->file->count == 0)
			level = PROBLEM_ERROR;
		problem_add_kind(is_patch ? &project->problems :
						 &project->rollback_complaints, level,
						 problem->kind, file->path, problem->line,
						 "%s", problem->text);
	}
}

/*
 * Find out what is in an open file, read once, and keep it or its digest, as
 * is wanted.  Returns false if it is too large for that, or cannot be read:
 * then errno is set.
 */
static bool
read_bytes(ProjectFile *file, int fd, ProjectWish wish)
{
	if (!file_bytes_read(&file->bytes, fd))
		return false;
	file->file = patch_file_read_bytes(&file->bytes);
	if (wish == PROJECT_BYTES)
		return true;
	file->has_digest = project_source_digest_bytes(file->bytes.text,
												   file->bytes.length,
												   file->digest);
	file_bytes_free(&file->bytes);
	return true;
}

/* Find out what is in an open file, and its digest if that is wanted. */
static void
read_contents(ProjectFile *file, int fd, ProjectWish wish)
{
	if (wish != PROJECT_CALLS && (read_bytes(file, fd, wish) || errno != 0))
		return;
	file->file = patch_file_read_descriptor(fd);
	file->has_digest = file->file != NULL && wish != PROJECT_CALLS &&
		project_source_digest(fd, file->digest);
}

/* Read a file and put it where it belongs. */
static void
read_file(Project *project, const char *path, ProjectPlace place)
{
	ProjectFile file = {0};
	int			fd = open(path, O_RDONLY | O_CLOEXEC);

	file.place = place;
	file.path = pg_strdup(path);
	if (fd >= 0)
		read_contents(&file, fd, project->wish == PROJECT_DIGESTS &&
					  place == PLACE_OF_ROLLBACKS ? PROJECT_CALLS :
					  project->wish);
	if (file.file == NULL)
	{
		file.file = pg_malloc0(sizeof(PatchFile));
		problem_add(&file.file->problems, PROBLEM_ERROR, NULL, 0,
					"could not read: %s", strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	copy_complaints(project, &file);

	if (has_call(file.file, true) &&
		(place == PLACE_OF_ROLLBACKS || !has_call(file.file, false)))
		note_rollbacks(project, append_file(&project->rollbacks,
											&project->rollback_count, &file));
	else if (has_call(file.file, false) && place == PLACE_OF_PATCHES)
		note_patches(project, append_file(&project->patches,
										  &project->patch_count, &file));
	else
	{
		file_bytes_free(&file.bytes);
		(void) append_file(&project->others, &project->other_count, &file);
	}
}

/* Read the files that are in the given places, and not "done" yet. */
static void
read_places(Project *project, const SimpleStringList *places,
			ProjectPlace place, NameTable *done)
{
	const SimpleStringListCell *cell;

	for (cell = places->head; cell != NULL; cell = cell->next)
	{
		SimpleStringList paths = {NULL, NULL};
		const SimpleStringListCell *path;

		project_search(cell->val, &paths, place == PLACE_OF_PATCHES ?
					   &project->problems : &project->rollback_complaints);
		for (path = paths.head; path != NULL; path = path->next)
			if (name_table_find(done, path->val) == NAME_TABLE_NONE)
			{
				name_table_add(done, path->val);
				read_file(project, path->val, place);
			}
		simple_string_list_destroy(&paths);
	}
}

/* Is there nothing else to complain about? */
static bool
is_candidate(const ProjectFile *file)
{
	const ProblemList *problems = &file->file->problems;
	int			i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].kind != PROBLEM_NO_REGISTRATION)
			return false;
	return true;
}

/* What to say after a complaint of a file that should register something */
static const char *
advice(const char *complaint)
{
	static const char question[] = " If this is not meant to be a patch, say "
		"so: \"-- versioning: disable no-registration\"";
	static const char phrase[] = "; if this is not meant to be a patch, say "
		"so: \"-- versioning: disable no-registration\"";

	return complaint[strlen(complaint) - 1] == '?' ? question : phrase;
}

/* Complain of a file, all of which has been read. */
static void
complain(Project *project, const ProjectFile *file)
{
	ProblemList *problems = &file->file->problems;
	bool		is_patch = file->place == PLACE_OF_PATCHES;
	ProblemLevel level = is_patch && problems->count > 0 ?
		PROBLEM_ERROR : PROBLEM_WARNING;

	if (problems->count == 0 && file->file->count > 0)
		problem_add_kind(problems, level, PROBLEM_NO_REGISTRATION,
						 NULL, file->file->calls[0].line, "this registers "
						 "patch \"%s\", but is among the rollbacks",
						 file->file->calls[0].name);
	else if (problems->count == 0)
		problem_add_kind(problems, level, PROBLEM_NO_REGISTRATION,
						 NULL, 0, "this registers no patch, nor does it "
						 "take one back");
	problem_add_kind(is_patch ? &project->problems :
					 &project->rollback_complaints, level,
					 PROBLEM_NO_REGISTRATION, file->path,
					 problems->items[0].line, "%s%s",
					 problems->items[0].text, level == PROBLEM_ERROR ?
					 advice(problems->items[0].text) : "");
}

/* Complain of what a file includes that is not there. */
static void
complain_of_missing(Project *project, const ProjectFile *file,
					const ProblemList *missing)
{
	bool		is_patch = file->place == PLACE_OF_PATCHES;
	int			i;

	for (i = 0; i < missing->count; i++)
	{
		const Problem *problem = &missing->items[i];

		problem_add_kind(is_patch ? &project->problems :
						 &project->rollback_complaints,
						 is_patch ? PROBLEM_ERROR : PROBLEM_WARNING,
						 problem->kind, problem->path == NULL ?
						 file->path : problem->path, problem->line, "%s",
						 problem->text);
	}
}

/* Look at a file that no other one includes. */
static void
look_at(Project *project, ProjectFile *file)
{
	ScriptOutline *outline = script_outline_read(file->path, NULL);
	bool		is_intended = disables(outline, PROBLEM_NO_REGISTRATION);
	PatchFile  *whole = is_intended || !is_candidate(file) ? NULL :
		patch_file_read_whole(file->path);

	if (!is_intended && !disables(outline, PROBLEM_MISSING_INCLUDE))
		complain_of_missing(project, file, &outline->missing);
	if (whole != NULL)
	{
		patch_file_free(file->file);
		file->file = whole;
		if (whole->problems.count > 0 || whole->count > 0 ||
			outline->includes.head == NULL)
			complain(project, file);
	}
	script_outline_free(outline);
}

/* Note what all of some files include. */
static void
note_includes(NameTable *included, const ProjectFile *files, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		project_includes_note(included, files[i].path);
}

/*
 * Look at the files that register nothing, and take nothing back.  One whose
 * registration is misspelt must not be left out without a word; but there are
 * also files that others include, that include others, that only drop
 * something, or hold data.  So only what looks like a registration, or is no
 * SQL, is an error.  Any other file is warned of, unless it includes others.
 * One that includes what is not there may be a patch, too.  Nothing is said of
 * what is included, or has a comment that disables this.
 */
static void
look_at_others(Project *project)
{
	NameTable  *included;
	int			i;

	if (project->other_count == 0)
		return;
	included = name_table_create(64);
	note_includes(included, project->patches, project->patch_count);
	note_includes(included, project->rollbacks, project->rollback_count);
	note_includes(included, project->others, project->other_count);
	for (i = 0; i < project->other_count; i++)
	{
		ProjectFile *file = &project->others[i];

		file->is_included = project_includes_has(included, file->path);
		if (is_candidate(file))
			problem_shorten(&file->file->problems, 0);
		if (!file->is_included)
			look_at(project, file);
	}
	name_table_free(included);
}

Project *
project_read(const SimpleStringList *patches,
			 const SimpleStringList *rollbacks, bool needs_rollbacks,
			 ProjectWish wish)
{
	Project    *project = pg_malloc0(sizeof(Project));
	NameTable  *done = name_table_create(64);

	project->wish = wish;
	project->table = name_table_create(64);
	read_places(project, patches, PLACE_OF_PATCHES, done);
	if (needs_rollbacks || project->other_count > 0)
		read_places(project, rollbacks, PLACE_OF_ROLLBACKS, done);
	name_table_free(done);
	look_at_others(project);
	return project;
}

int
project_find(const Project *project, const char *name)
{
	int			number = name_table_find(project->table, name);

	return number == NAME_TABLE_NONE ? PROJECT_NONE : number;
}

bool
project_digest(const ProjectFile *file, SourceDigest digest)
{
	if (file->bytes.text != NULL)
		return project_source_digest_bytes(file->bytes.text,
										   file->bytes.length, digest);
	memcpy(digest, file->digest, sizeof(SourceDigest));
	return file->has_digest;
}

bool
project_repeats_conflict(const Project *project, int number, int other)
{
	return number > other &&
		patch_call_conflicts(project->names[other].patch,
							 project->names[number].patch->name);
}

/* Free an array of files. */
static void
free_files(ProjectFile *files, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		patch_file_free(files[i].file);
		pg_free(files[i].path);
		file_bytes_free(&files[i].bytes);
	}
	pg_free(files);
}

void
project_free(Project *project)
{
	free_files(project->patches, project->patch_count);
	free_files(project->rollbacks, project->rollback_count);
	free_files(project->others, project->other_count);
	name_table_free(project->table);
	pg_free(project->names);
	problem_free(&project->problems);
	problem_free(&project->rollback_complaints);
	pg_free(project);
}
