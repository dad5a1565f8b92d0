/*-------------------------------------------------------------------------
 *
 * command/check.c
 *		versioning check: find what is wrong with the files
 *
 * All that can be known to be wrong before anything is run is collected,
 * from the files and, with a connection, from the register, and printed in
 * the order of the files and lines.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "check/conflicts.h"
#include "check/names.h"
#include "check/register.h"
#include "check/scripts.h"
#include "command/command.h"
#include "command/register.h"
#include "common/logging.h"
#include "lib/stringinfo.h"

/* How many were printed */
typedef struct FindingCounts
{
	int			problems;
	int			remarks;
} FindingCounts;

/* The user wants to disable what is no finding: say what there is. */
static void
reject_name(const char *name)
{
	StringInfoData names;
	int			i;

	initStringInfo(&names);
	for (i = 0; i < FINDING_KINDS; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 finding_name((FindingKind) i));
	command_options_error("--disable takes the name of a finding, not \"%s\"; "
						  "there are: %s", report_printable(name), names.data);
}

/* Disable what the command line says: names, be it with commas between. */
static void
obey_options(const Options *options, FindingList *findings)
{
	const SimpleStringListCell *cell;

	for (cell = options->disabled.head; cell != NULL; cell = cell->next)
	{
		char	   *copy = pg_strdup(cell->val);
		char	   *rest = copy;

		while (rest != NULL)
		{
			char	   *name = strsep(&rest, ",");
			FindingKind kind;

			name += strspn(name, " ");
			if (!finding_kind(name, &kind))
				reject_name(name);
			finding_disable(findings, kind, NULL);
		}
		pg_free(copy);
	}
}

/*
 * Add what could not even be looked at: places that are not there.  What is
 * left out on purpose is no finding, but is said.
 */
static void
check_places(const ComplaintList *complaints, FindingList *findings)
{
	int			i;

	for (i = 0; i < complaints->count; i++)
	{
		const Complaint *complaint = &complaints->items[i];

		if (complaint->path != NULL)
			continue;
		if (complaint->level == COMPLAINT_ERROR)
			finding_add(findings, FINDING_UNREADABLE, NULL, 0, "%s",
						complaint->text);
		else
			pg_log_warning("%s", report_printable(complaint->text));
	}
}

/* Print one finding. */
static void
print_finding(const Finding *finding)
{
	if (finding->path != NULL)
		printf("%s:", report_printable(finding->path));
	if (finding->line > 0)
		printf("%d:", finding->line);
	printf("%s%s%s [%s]\n", finding->path == NULL ? "" : " ",
		   finding_is_information(finding) ? "info: " : "",
		   report_printable(finding->text), finding_name(finding->kind));
}

/* Print the findings that are wanted, and count them. */
static void
print_findings(const Options *options, FindingList *findings,
			   FindingCounts *counts)
{
	NameTable  *seen = name_table_create(findings->count);
	int			i;

	finding_sort(findings);
	for (i = 0; i < findings->count; i++)
	{
		const Finding *finding = &findings->items[i];
		bool		is_remark = finding_is_information(finding);

		if (finding_is_disabled(findings, finding) ||
			!finding_is_first(seen, finding))
			continue;
		if (is_remark)
			counts->remarks++;
		else
			counts->problems++;
		if (!is_remark || !options->deploy.is_quiet)
			print_finding(finding);
	}
	name_table_free(seen);
}

/* Print a number of things. */
static void
print_count(int count, const char *singular, const char *plural)
{
	printf("%d %s", count, count == 1 ? singular : plural);
}

/* Print what it comes down to. */
static void
print_summary(const Project *project, const FindingCounts *counts)
{
	print_count(project->patch_count, "patch file", "patch files");
	fputs(", ", stdout);
	print_count(project->rollback_count, "rollback file", "rollback files");
	fputs(": ", stdout);
	print_count(counts->problems, "problem", "problems");
	if (counts->remarks > 0)
	{
		fputs(", ", stdout);
		print_count(counts->remarks, "remark", "remarks");
	}
	putchar('\n');
}

/* Print all that is wrong with the files, and what is worth knowing. */
Status
command_check(Options *options)
{
	FindingList findings;
	FindingCounts counts = {0, 0};
	Project    *project;
	Register   *reg;

	memset(&findings, 0, sizeof(findings));
	obey_options(options, &findings);
	if (!command_register_read(options, &reg))
		return STATUS_TROUBLE;

	project = project_read(&options->patches, &options->rollbacks, true,
						   reg != NULL && reg->has_digests ?
						   PROJECT_DIGESTS : PROJECT_CALLS);
	check_places(&project->complaints, &findings);
	check_places(&project->rollback_complaints, &findings);
	check_scripts(project, &findings);
	check_names(project, reg, &findings);
	check_conflicts(project, &findings);
	if (reg != NULL)
		check_register(project, reg, &findings);
	print_findings(options, &findings, &counts);
	if (!options->deploy.is_quiet)
		print_summary(project, &counts);

	finding_free(&findings);
	project_free(project);
	if (reg != NULL)
		register_free(reg);
	return counts.problems > 0 ? STATUS_PROBLEM : STATUS_DONE;
}
