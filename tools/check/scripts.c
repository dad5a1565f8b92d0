/*-------------------------------------------------------------------------
 *
 * check/scripts.c
 *		What is wrong with each of the scripts of a project
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "check/scripts.h"
#include "check/transactions.h"

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

/* Remember which files are included. */
static void
note_includes(NameTable *included, const SimpleStringList *paths)
{
	const SimpleStringListCell *cell;

	for (cell = paths->head; cell != NULL; cell = cell->next)
	{
		char	   *identity = file_identity(cell->val);

		if (identity != NULL)
			(void) name_table_add(included, identity);
		pg_free(identity);
	}
}

/* Is the file one of those? */
static bool
is_included(NameTable *included, const char *path)
{
	char	   *identity = file_identity(path);
	bool		result = identity != NULL &&
		name_table_find(included, identity) != NAME_TABLE_NONE;

	pg_free(identity);
	return result;
}

/* Add what there is to complain about a file.  Is the file readable? */
static bool
add_complaints(const ProjectFile *file, const ComplaintList *complaints,
			   FindingList *findings)
{
	bool		is_readable = true;
	int			i;

	for (i = 0; i < complaints->count; i++)
	{
		const Complaint *complaint = &complaints->items[i];

		finding_add(findings, complaint->kind,
					complaint->path == NULL ? file->path : complaint->path,
					complaint->line, "%s", complaint->text);
		is_readable &= complaint->kind != FINDING_UNREADABLE;
	}
	return is_readable;
}

/* Check a script that registers something or takes it back, or does not. */
static void
check_script(const ProjectFile *file, bool has_calls, NameTable *included,
			 FindingList *findings)
{
	ScriptOutline *outline;

	findings->main_path = file->path;
	if (add_complaints(file, &file->file->complaints, findings))
	{
		outline = script_outline_read(file->path, NULL);
		(void) add_complaints(file, &outline->complaints, findings);
		if (has_calls)
		{
			note_includes(included, &outline->includes);
			check_transactions(file->path, outline, findings);
		}
		else
			finding_disable_named(findings, &outline->disabled, file->path);
		script_outline_free(outline);
	}
	findings->main_path = NULL;
}

void
check_scripts(const Project *project, FindingList *findings)
{
	NameTable  *included = name_table_create(64);
	int			i;

	for (i = 0; i < project->patch_count; i++)
		check_script(&project->patches[i], true, included, findings);
	for (i = 0; i < project->rollback_count; i++)
		check_script(&project->rollbacks[i], true, included, findings);
	for (i = 0; i < project->other_count; i++)
	{
		const ProjectFile *file = &project->others[i];

		check_script(file, false, included, findings);
		if (file->file->complaints.count == 0 &&
			!is_included(included, file->path))
			finding_add(findings, FINDING_NO_REGISTRATION, file->path, 0,
						"this registers no patch, nor does it take one back");
	}
	name_table_free(included);
}
