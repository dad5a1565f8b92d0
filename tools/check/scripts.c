/*-------------------------------------------------------------------------
 *
 * check/scripts.c
 *		What is wrong with each of the scripts of a project
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "check/scripts.h"
#include "check/transactions.h"

/* Is this line of the script itself complained of already? */
static bool
is_known(const ComplaintList *known, const Complaint *complaint)
{
	int			i;

	for (i = 0; i < known->count; i++)
		if (known->items[i].line == complaint->line &&
			known->items[i].kind == complaint->kind)
			return complaint->path == NULL;
	return false;
}

/*
 * Add what there is to complain about a file, unless it is known.  Is the file
 * readable?
 */
static bool
add_complaints(const ProjectFile *file, const ComplaintList *complaints,
			   const ComplaintList *known, FindingList *findings)
{
	bool		is_readable = true;
	int			i;

	for (i = 0; i < complaints->count; i++)
	{
		const Complaint *complaint = &complaints->items[i];

		is_readable &= complaint->kind != FINDING_UNREADABLE;
		if (known == NULL || !is_known(known, complaint))
			finding_add(findings, complaint->kind, complaint->path == NULL ?
						file->path : complaint->path, complaint->line, "%s",
						complaint->text);
	}
	return is_readable;
}

/* Check a script that registers something or takes it back, or does not. */
static void
check_script(const ProjectFile *file, bool has_calls, FindingList *findings)
{
	const ComplaintList *complaints = &file->file->complaints;
	ScriptOutline *outline;

	findings->main_path = file->path;
	if (add_complaints(file, complaints, NULL, findings))
	{
		outline = script_outline_read(file->path, NULL);
		if (!has_calls)			/* then it is not run by itself */
			complaint_forget(&outline->complaints, FINDING_NOT_UNDERSTOOD);
		(void) add_complaints(file, &outline->complaints, complaints,
							  findings);
		if (has_calls)
			check_transactions(file->path, outline, findings);
		else
			finding_disable_named(findings, &outline->disabled, file->path);
		script_outline_free(outline);
	}
	findings->main_path = NULL;
}

void
check_scripts(const Project *project, FindingList *findings)
{
	int			i;

	for (i = 0; i < project->patch_count; i++)
		check_script(&project->patches[i], true, findings);
	for (i = 0; i < project->rollback_count; i++)
		check_script(&project->rollbacks[i], true, findings);
	for (i = 0; i < project->other_count; i++)
		check_script(&project->others[i], false, findings);
}
