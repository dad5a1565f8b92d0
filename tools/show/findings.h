/*-------------------------------------------------------------------------
 *
 * show/findings.h
 *		What is wrong with the files, in the forms that reviews take
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_FINDINGS_H
#define SHOW_FINDINGS_H

#include "base/problem.h"

typedef enum FindingsForm
{
	FINDINGS_TEXT,				/* a line a finding, as compilers do */
	FINDINGS_JSON,				/* an object */
	FINDINGS_GITHUB,			/* workflow commands of GitHub Actions */
	FINDINGS_GITLAB,			/* GitLab's Code Quality report */
	FINDINGS_SARIF				/* SARIF 2.1.0 */
} FindingsForm;

/* How many there are of all that */
typedef struct FindingCounts
{
	int			patch_files;
	int			rollback_files;
	int			problems;
	int			remarks;
} FindingCounts;

/* The form of that name.  Returns false if there is none. */
extern bool show_findings_form(const char *name, FindingsForm *form);

/*
 * Print findings in a form; "counts" is for those forms that have a place for
 * it, and not printed as text if that is to be quiet.
 */
extern void show_findings_print(FindingsForm form,
								const Problem *const *findings, int count,
								const FindingCounts *counts, bool is_quiet);

/*
 * Say what is no finding: on standard error or, as the runner of GitHub reads
 * commands out of that, too, in the form.
 */
extern void show_findings_warn(FindingsForm form, const char *text);

#endif							/* SHOW_FINDINGS_H */
