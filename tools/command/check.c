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
#include "check/check.h"
#include "command/command.h"
#include "common/logging.h"
#include "pqexpbuffer.h"
#include "project/verification.h"

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
	PQExpBuffer names = createPQExpBuffer();
	int			i;

	for (i = 0; i < PROBLEM_KINDS; i++)
		appendPQExpBuffer(names, "%s%s", i > 0 ? ", " : "",
						  problem_name((ProblemKind) i));
	command_options_error("--disable takes the name of a finding, not \"%s\"; "
						  "there are: %s", report_printable(name),
						  names->data);
}

/* Disable what the command line says. */
static void
obey_options(const Options *options, ProblemList *found)
{
	const SimpleStringListCell *cell;
	SimpleStringList names = {NULL, NULL};
	ProblemKind kind;

	for (cell = options->disabled.head; cell != NULL; cell = cell->next)
		command_options_split(cell->val, &names);
	for (cell = names.head; cell != NULL; cell = cell->next)
	{
		if (!problem_kind(cell->val, &kind))
			reject_name(cell->val);
		problem_disable(found, kind, NULL);
	}
	simple_string_list_destroy(&names);
}

/*
 * Add what could not even be looked at: places that are not there.  What is
 * left out on purpose is no finding, but is said.
 */
static void
check_places(const ProblemList *problems, ProblemList *found)
{
	int			i;

	for (i = 0; i < problems->count; i++)
	{
		const Problem *problem = &problems->items[i];

		if (problem->path != NULL)
			continue;
		if (problem->level == PROBLEM_ERROR)
			problem_found(found, PROBLEM_UNREADABLE, NULL, 0, "%s",
						  problem->text);
		else
			pg_log_warning("%s", report_printable(problem->text));
	}
}

/* Print one finding. */
static void
print_finding(const Problem *finding)
{
	if (finding->path != NULL)
		printf("%s:", report_printable(finding->path));
	if (finding->line > 0)
		printf("%d:", finding->line);
	printf("%s%s%s [%s]\n", finding->path == NULL ? "" : " ",
		   problem_is_information(finding) ? "info: " : "",
		   report_printable(finding->text), problem_name(finding->kind));
}

/* Print the findings that are wanted, and count them. */
static void
print_findings(const Options *options, ProblemList *found,
			   FindingCounts *counts)
{
	NameTable  *seen = name_table_create(found->count);
	int			i;

	problem_sort(found);
	for (i = 0; i < found->count; i++)
	{
		const Problem *finding = &found->items[i];
		bool		is_remark = problem_is_information(finding);

		if (problem_is_disabled(found, finding) ||
			!problem_is_first(seen, finding))
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

/* Print a number of things, after what comes before it. */
static void
print_count(const char *before, int count, const char *things)
{
	printf("%s%d %s%s", before, count, things, count == 1 ? "" : "s");
}

/* Print what it comes down to. */
static void
print_summary(const Project *project, const FindingCounts *counts)
{
	print_count("", project->patch_count, "patch file");
	print_count(", ", project->rollback_count, "rollback file");
	print_count(": ", counts->problems, "problem");
	if (counts->remarks > 0)
		print_count(", ", counts->remarks, "remark");
	putchar('\n');
}

/* Print all that is wrong with the files, and what is worth knowing. */
Status
command_check(Options *options)
{
	ProblemList found;
	FindingCounts counts = {0, 0};
	Project    *project;
	PGconn	   *conn;
	Register   *reg;
	PatchStates *states;

	memset(&found, 0, sizeof(found));
	obey_options(options, &found);
	if (!command_register_open(options, &conn, &reg))
		return STATUS_TROUBLE;

	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_OUTLINES);
	project_verification_read(project, &options->verifications);
	check_places(&project->problems, &found);
	check_places(&project->verification_complaints, &found);
	check_places(&project->rollback_complaints, &found);
	check_scripts(project, &found);
	check_names(project, reg, &found);
	check_verifications(project, reg, &found);
	check_conflicts(project, &found);
	check_jobs(project, &found);
	states = plan_state_create(project, reg);
	plan_judge_report(states->judgement, &found);
	if (reg != NULL)
	{
		check_register(states, reg, &found);
		check_jobs_tables(project, reg, conn, &found);
		connection_close(conn);
	}
	print_findings(options, &found, &counts);
	if (!options->deploy.is_quiet)
		print_summary(project, &counts);

	problem_free(&found);
	plan_state_free(states);
	project_free(project);
	if (reg != NULL)
		register_free(reg);
	return counts.problems > 0 ? STATUS_PROBLEM : STATUS_DONE;
}
