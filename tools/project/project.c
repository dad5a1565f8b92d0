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

#include <sys/stat.h>

#include "base/array.h"
#include "project/project.h"
#include "project/search.h"

/* Append a file; returns its number. */
static int
append_file(ProjectFile **files, int *count, const ProjectFile *file)
{
	ARRAY_MAKE_ROOM(*files, *count);
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
	ARRAY_MAKE_ROOM(project->names, number);
	entry = &project->names[project->name_count++];
	entry->patch = entry->rollback = NULL;
	entry->patch_file = entry->rollback_file = PROJECT_NONE;
	return entry;
}

/*
 * Note that a name is registered, or taken back, by a call in one of these
 * files.  There may be one such file.
 */
static void
note_call(ProjectName *name, const PatchCall *call, const ProjectFile *files,
		  int number, ProblemList *problems)
{
	bool		is_rollback = call->action == PATCH_UNREGISTER;
	const PatchCall **first = is_rollback ? &name->rollback : &name->patch;
	int		   *first_file = is_rollback ? &name->rollback_file :
		&name->patch_file;

	if (*first == NULL)
	{
		*first = call;
		*first_file = number;
	}
	else if (*first_file != number)
		problem_add(problems, PROBLEM_ERROR, files[number].path, call->line,
					"patch \"%s\" is %s by %s:%d, too", call->name,
					is_rollback ? "taken back" : "registered",
					files[*first_file].path, (*first)->line);
}

/* Note which names a file registers, or takes back. */
static void
note_calls(Project *project, const ProjectFile *files, int number,
		   bool are_rollbacks)
{
	const PatchFile *file = files[number].file;
	int			i;

	for (i = 0; i < file->count; i++)
		if ((file->calls[i].action == PATCH_UNREGISTER) == are_rollbacks)
			note_call(find_or_add_name(project, file->calls[i].name),
					  &file->calls[i], files, number, are_rollbacks ?
					  &project->rollback_complaints : &project->problems);
}

/* Is it a patch, by the calls in it? */
static bool
is_patch(const ProjectFile *file)
{
	return file->place == PLACE_OF_PATCHES &&
		patch_file_has(file->file, false);
}

/* Is it a rollback? */
static bool
is_rollback(const ProjectFile *file)
{
	return patch_file_has(file->file, true) &&
		(file->place == PLACE_OF_ROLLBACKS ||
		 !patch_file_has(file->file, false));
}

ScriptOutline *
project_outline(const ProjectFile *file)
{
	ScriptOutline *outline = file->outline;

	if (outline != NULL)
		return outline;
	outline = script_outline_read(file->path, file->bytes.text == NULL ?
								  NULL : &file->bytes, false);
	unconstify(ProjectFile *, file)->outline = outline;
	unconstify(ProjectFile *, file)->is_plain =
		file->bytes.text != NULL && script_outline_is_whole(outline) &&
		outline->includes.head == NULL && outline->problems.count == 0;

	/* What is known of other files may be less: see look_at() */
	if (is_patch(file) || is_rollback(file))
	{
		patch_file_free(outline->file);
		outline->file = NULL;
	}
	return outline;
}

void
project_forget_outline(const ProjectFile *file)
{
	if (file->outline != NULL)
		script_outline_free(file->outline);
	unconstify(ProjectFile *, file)->outline = NULL;
}

/* Where problems of a file go that may be those of a patch */
static ProblemList *
problems_of(Project *project, const ProjectFile *file)
{
	return file->place == PLACE_OF_PATCHES ? &project->problems :
		&project->rollback_complaints;
}

/* Does the file say that nothing is to be said of this? */
static bool
disables(const ProjectFile *file, ProblemKind kind)
{
	return script_outline_disables(project_outline(file), kind);
}

/*
 * Take over what there is to complain about a file.  If nothing is found in
 * it but what warns of a registration that cannot be read, the file would be
 * left out although it may well be a patch: so that is an error.  What it may
 * take back is of interest only to who looks for that.
 */
static void
copy_complaints(Project *project, ProjectFile *file)
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
			 disables(file, PROBLEM_UNCLEAR_ROLLBACK)))
			continue;
		if (level == PROBLEM_WARNING && file->file->count == 0)
			level = PROBLEM_ERROR;
		problem_add_kind(is_patch ? &project->problems :
						 &project->rollback_complaints, level,
						 problem->kind, file->path, problem->line,
						 "%s", problem->text);
	}
}

/* Know the digest of a file, of which the bytes are there. */
static void
find_digest(ProjectFile *file)
{
	file->has_digest = project_source_digest(&file->bytes, file->digest);
}

/* Read a file and put it where it belongs. */
static void
read_file(Project *project, const char *path, ProjectPlace place)
{
	ProjectFile file = {0};
	int			number;

	file.place = place;
	file.path = pg_strdup(path);
	if (file_bytes_open(&file.bytes, path))
	{
		if (project->wish == PROJECT_OUTLINES)
		{
			file.outline = script_outline_read(file.path, &file.bytes, true);
			file.file = file.outline->file;
			file.outline->file = NULL;
		}
		else
			file.file = patch_file_read(&file.bytes, true);
		if (project->wish == PROJECT_OUTLINES ||
			(project->wish == PROJECT_DIGESTS && place == PLACE_OF_PATCHES))
			find_digest(&file);
	}
	else
	{
		file.file = pg_malloc0(sizeof(PatchFile));
		problem_add(&file.file->problems, PROBLEM_ERROR, NULL, 0,
					"could not read: %s", strerror(errno));
	}
	if (project->wish != PROJECT_BYTES)
		file_bytes_free(&file.bytes);
	copy_complaints(project, &file);

	if (is_rollback(&file))
	{
		number = append_file(&project->rollbacks, &project->rollback_count,
							 &file);
		note_calls(project, project->rollbacks, number, true);
	}
	else if (is_patch(&file))
	{
		number = append_file(&project->patches, &project->patch_count, &file);
		note_calls(project, project->patches, number, false);
	}
	else
		(void) append_file(&project->others, &project->other_count, &file);
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

/* Complain of a file that does not register what it should, or seems to. */
static void
complain(Project *project, const ProjectFile *file)
{
	ProblemList *problems = &file->file->problems;
	ProblemLevel level = PROBLEM_WARNING;

	if (problems->count > 0 && file->place == PLACE_OF_PATCHES)
		level = PROBLEM_ERROR;
	else if (problems->count == 0 && file->file->count > 0)
		problem_add_kind(problems, level, PROBLEM_NO_REGISTRATION,
						 NULL, file->file->calls[0].line, "this registers "
						 "patch \"%s\", but is among the rollbacks",
						 file->file->calls[0].name);
	else if (problems->count == 0)
		problem_add_kind(problems, level, PROBLEM_NO_REGISTRATION,
						 NULL, 0, "this registers no patch, nor does it "
						 "take one back");
	problem_add_kind(problems_of(project, file), level,
					 PROBLEM_NO_REGISTRATION, file->path,
					 problems->items[0].line, "%s%s", problems->items[0].text,
					 level == PROBLEM_ERROR ?
					 advice(problems->items[0].text) : "");
}

/* Complain of what a file includes that is not there. */
static void
complain_of_missing(Project *project, const ProjectFile *file)
{
	const ProblemList *missing = &file->outline->missing;
	int			i;

	for (i = 0; i < missing->count; i++)
	{
		const Problem *problem = &missing->items[i];

		problem_add_kind(problems_of(project, file),
						 file->place == PLACE_OF_PATCHES ? PROBLEM_ERROR :
						 PROBLEM_WARNING, problem->kind,
						 problem->path == NULL ? file->path : problem->path,
						 problem->line, "%s", problem->text);
	}
}

/*
 * Look at a file that no other one includes.  If it is a candidate, all that
 * is to be said of it is known from all of it.
 */
static void
look_at(Project *project, ProjectFile *file)
{
	bool		is_intended = disables(file, PROBLEM_NO_REGISTRATION);
	ScriptOutline *outline = file->outline;

	if (!is_intended && !disables(file, PROBLEM_MISSING_INCLUDE))
		complain_of_missing(project, file);
	if (!is_candidate(file))
		return;
	if (outline->file != NULL)
	{
		patch_file_free(file->file);
		file->file = outline->file;
		outline->file = NULL;
	}
	if (is_intended)
		problem_shorten(&file->file->problems, 0);
	else if (file->file->problems.count > 0 || file->file->count > 0 ||
			 outline->includes.head == NULL)
		complain(project, file);
}

/* What stands for a file, however it is called, or NULL if it is not there. */
static char *
file_identity(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return NULL;
	return psprintf("%llu %llu", (unsigned long long) status.st_dev,
					(unsigned long long) status.st_ino);
}

/*
 * Note what all of some files include, unless they include each other: none of
 * these is a part of another.
 */
static void
note_includes(NameTable *included, const ProjectFile *files, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		const ScriptOutline *outline = project_outline(&files[i]);
		const SimpleStringListCell *cell;

		cell = outline->includes_itself ? NULL : outline->includes.head;
		for (; cell != NULL; cell = cell->next)
		{
			char	   *identity = file_identity(cell->val);

			if (identity != NULL)
				(void) name_table_add(included, identity);
			pg_free(identity);
		}
	}
}

/* Is the file one of those, however it was called there? */
static bool
is_included(NameTable *included, const char *path)
{
	char	   *identity = file_identity(path);
	bool		result = identity != NULL &&
		name_table_find(included, identity) != NAME_TABLE_NONE;

	pg_free(identity);
	return result;
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

		file->is_included = is_included(included, file->path);
		if (!file->is_included)
			look_at(project, file);
		else if (is_candidate(file))
			problem_shorten(&file->file->problems, 0);
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
		return project_source_digest(&file->bytes, digest);
	memcpy(digest, file->digest, sizeof(SourceDigest));
	return file->has_digest;
}

const ProjectName *
project_find_patch(const Project *project, const char *name)
{
	int			number = project_find(project, name);

	return number == PROJECT_NONE || project->names[number].patch == NULL ?
		NULL : &project->names[number];
}

/* Free an array of files. */
static void
free_files(ProjectFile *files, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		patch_file_free(files[i].file);
		project_forget_outline(&files[i]);
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
	free_files(project->verifications, project->verification_count);
	if (project->verification_table != NULL)
		name_table_free(project->verification_table);
	name_table_free(project->table);
	pg_free(project->names);
	problem_free(&project->problems);
	problem_free(&project->rollback_complaints);
	problem_free(&project->verification_complaints);
	pg_free(project);
}
