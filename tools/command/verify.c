/*-------------------------------------------------------------------------
 *
 * command/verify.c
 *		versioning verify: look whether patches have done what they should
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "deploy/verify.h"
#include "plan/verify.h"
#include "project/verification.h"

/* Say that there is nothing to verify. */
static Status
nothing_to_do(const Options *options)
{
	if (options->deploy.is_json)
		watch_events_end(0, 0, 0, 0);
	else if (!options->deploy.is_quiet)
		printf("Nothing to verify: no file verifies a patch that is "
			   "applied.\n");
	return STATUS_DONE;
}

void
command_verify_warn_of_strays(const Options *options, const Project *project,
							  const Register *reg)
{
	ProblemList found = {0};

	plan_verify_find_strays(project, reg, PROBLEM_WARNING, &found);
	report_problems(options->progname, &found, NULL);
	problem_free(&found);
}

/* Make the plan, and run what it says. */
static Status
plan_and_run(const Options *options, PGconn *conn, const Project *project,
			 const Register *reg)
{
	PatchPlan  *plan = plan_verify_create(project, reg, options->names,
										  options->name_count);
	ProblemList *problems = &plan->problems;
	Status		status = STATUS_PROBLEM;

	report_problems(options->progname, &project->verification_complaints,
					NULL);
	command_verify_warn_of_strays(options, project, reg);
	report_problems(options->progname, problems, NULL);
	if (problem_has_errors(&project->verification_complaints) ||
		problem_has_errors(problems))
		pg_log_error("nothing was run");
	else
	{
		if (options->deploy.is_json)
			watch_events_plan(options->command, plan);
		status = plan->count == 0 ? nothing_to_do(options) :
			deploy_verify_run(&options->deploy, conn, plan);
	}
	plan_free(plan);
	return status;
}

/* Run what verifies the patches that are named, or all that are applied. */
Status
command_verify(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection,
									   "versioning verify");
	Project    *project;
	Register   *reg;
	Status		status = STATUS_TROUBLE;

	if (conn == NULL)
		return STATUS_TROUBLE;
	reg = register_read(conn);
	if (reg != NULL)
	{
		project = project_read(&options->patches, &options->rollbacks, false,
							   PROJECT_CALLS);
		project_verification_read(project, &options->verifications);
		report_problems(options->progname, &reg->problems, NULL);
		status = plan_and_run(options, conn, project, reg);
		project_free(project);
		register_free(reg);
	}
	connection_close(conn);
	return status;
}
