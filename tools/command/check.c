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
#include "pqexpbuffer.h"
#include "project/verification.h"
#include "show/findings.h"

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
check_places(FindingsForm form, const ProblemList *problems,
			 ProblemList *found)
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
			show_findings_warn(form, problem->text);
	}
}

/*
 * Which of the findings are wanted, in their order, each once; the caller
 * frees them.  All of them are counted.
 */
static const Problem **
choose_findings(const Options *options, ProblemList *found,
				FindingCounts *counts, int *count)
{
	const Problem **chosen = pg_malloc((found->count + 1) *
									   sizeof(Problem *));
	NameTable  *seen = name_table_create(found->count);
	int			i;

	problem_sort(found);
	*count = 0;
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
			chosen[(*count)++] = finding;
	}
	name_table_free(seen);
	return chosen;
}

/* The form in which the findings are wanted. */
static FindingsForm
choose_form(const Options *options)
{
	FindingsForm form = options->deploy.is_json ? FINDINGS_JSON :
		FINDINGS_TEXT;

	if (options->format == NULL)
		return form;
	if (options->deploy.is_json)
		command_options_error("--json and --format cannot be used together");
	if (!show_findings_form(options->format, &form))
		command_options_error("--format takes text, json, github, gitlab or "
							  "sarif, not \"%s\"",
							  report_printable(options->format));
	return form;
}

/* Print the findings, and return how many are problems. */
static int
print_findings(const Options *options, FindingsForm form,
			   const Project *project, ProblemList *found)
{
	FindingCounts counts = {0};
	int			count;
	const Problem **findings = choose_findings(options, found, &counts,
											   &count);

	counts.patch_files = project->patch_count;
	counts.rollback_files = project->rollback_count;
	show_findings_print(form, findings, count, &counts,
						options->deploy.is_quiet);
	pg_free(findings);
	return counts.problems;
}

/* Print all that is wrong with the files, and what is worth knowing. */
Status
command_check(Options *options)
{
	ProblemList found;
	FindingsForm form = choose_form(options);
	Project    *project;
	PGconn	   *conn;
	Register   *reg;
	PatchStates *states;
	int			problems;

	memset(&found, 0, sizeof(found));
	obey_options(options, &found);
	if (!command_register_open(options, &conn, &reg))
		return STATUS_TROUBLE;

	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_OUTLINES);
	project_verification_read(project, &options->verifications);
	check_places(form, &project->problems, &found);
	check_places(form, &project->verification_complaints, &found);
	check_places(form, &project->rollback_complaints, &found);
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
	problems = print_findings(options, form, project, &found);

	problem_free(&found);
	plan_state_free(states);
	project_free(project);
	if (reg != NULL)
		register_free(reg);
	return problems > 0 ? STATUS_PROBLEM : STATUS_DONE;
}
