/*-------------------------------------------------------------------------
 *
 * command/rehearse.c
 *		versioning rehearse: try out patches and their rollbacks
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "plan/apply.h"
#include "plan/names.h"
#include "rehearse/rehearse.h"

/* The file that an argument means, or NULL. */
static const ProjectFile *
find_named(const Project *project, const char *name)
{
	int			number = project_find(project, name);

	if (number != PROJECT_NONE && project->names[number].patch != NULL)
		return &project->patches[project->names[number].patch_file];
	return plan_names_file(project->patches, project->patch_count, name);
}

/* Does one of the arguments mean this file? */
static bool
is_named(const Options *options, const Project *project,
		 const ProjectFile *file)
{
	int			i;

	for (i = 0; i < options->name_count; i++)
		if (find_named(project, options->names[i]) == file)
			return true;
	return options->name_count == 0;
}

/* Is this file to be run? */
static bool
is_planned(const PatchPlan *plan, const ProjectFile *file)
{
	int			i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].file == file)
			return true;
	return false;
}

/*
 * Are all patches that the user has named to be run?  Others are in the
 * template already.  Returns false after a message.
 */
static bool
check_names(const Options *options, const Project *project,
			const PatchPlan *plan)
{
	bool		result = true;
	int			i;

	for (i = 0; i < options->name_count; i++)
		if (!is_planned(plan, find_named(project, options->names[i])))
		{
			pg_log_error("\"%s\" cannot be rehearsed: the template has it "
						 "already", report_printable(options->names[i]));
			result = false;
		}
	return result;
}

/* How many patches of the files are in the template already? */
static int
count_known(const Project *project, const Register *reg)
{
	int			count = 0;
	int			i;

	for (i = 0; i < project->name_count; i++)
		if (project->names[i].patch != NULL &&
			register_find(reg, project->names[i].patch->name) != NULL)
			count++;
	return count;
}

/* Which steps are to be taken back, too?  The caller frees the answer. */
static bool *
choose_cycled(const Options *options, const Project *project,
			  const PatchPlan *plan)
{
	bool	   *is_cycled = pg_malloc(plan->count + 1);
	int			i;

	for (i = 0; i < plan->count; i++)
		is_cycled[i] = is_named(options, project, plan->steps[i].file);
	return is_cycled;
}

/* Say what has come of it all. */
static void
print_summary(const Rehearsal *rehearsal)
{
	int			count = rehearsal->good + rehearsal->leaving +
		rehearsal->taking + rehearsal->missing + rehearsal->failed;
	int			rest = 0;
	int			i;

	for (i = rehearsal->gone; i < rehearsal->plan->count; i++)
		rest += rehearsal->is_cycled[i];

	printf("%d rehearsed", count);
	if (count > 0)
		printf(": %d ok", rehearsal->good);
	if (rehearsal->leaving > 0)
		printf(", %d with a rollback that leaves something behind",
			   rehearsal->leaving);
	if (rehearsal->taking > 0)
		printf(", %d with a rollback that takes away too much",
			   rehearsal->taking);
	if (rehearsal->missing > 0)
		printf(", %d without a rollback of its own", rehearsal->missing);
	if (rehearsal->failed > 0)
		printf(", %d failed", rehearsal->failed);
	if (rehearsal->excused > 0)
		printf("; %d only applied", rehearsal->excused);
	if (rehearsal->known > 0)
		printf("; %d in the template already", rehearsal->known);
	if (rest > 0)
		printf("; %d not reached", rest);
	puts("");
}

/* The exit status that the outcome stands for. */
static Status
judge(const Rehearsal *rehearsal)
{
	if (rehearsal->failed > 0)
		return STATUS_FAILED;
	if (rehearsal->leaving + rehearsal->taking + rehearsal->missing > 0)
		return STATUS_PROBLEM;
	return STATUS_DONE;
}

/* Make the plan, and go through it. */
static Status
plan_and_run(const Options *options, Rehearsal *rehearsal)
{
	Register   *reg = register_read(rehearsal->scratch->conn);
	PatchPlan  *plan;
	bool	   *is_cycled;
	Status		status = STATUS_PROBLEM;

	if (reg == NULL)
		return STATUS_TROUBLE;
	plan = plan_apply_create(rehearsal->project, reg, options->names,
							 options->name_count);
	is_cycled = choose_cycled(options, rehearsal->project, plan);
	rehearsal->plan = plan;
	rehearsal->is_cycled = is_cycled;
	rehearsal->known = options->name_count > 0 ? 0 :
		count_known(rehearsal->project, reg);

	report_problems(options->progname, &reg->problems, NULL);
	report_problems(options->progname, &plan->problems, NULL);
	if (problem_has_errors(&plan->problems) ||
		!check_names(options, rehearsal->project, plan))
		pg_log_error("nothing was run");
	else
	{
		status = rehearse_run(rehearsal);
		if (!options->deploy.is_quiet || status != STATUS_DONE)
			print_summary(rehearsal);
		if (status == STATUS_DONE)
			status = judge(rehearsal);
	}
	pg_free(is_cycled);
	plan_free(plan);
	register_free(reg);
	return status;
}

/*
 * Would patches be registered in the target as they are in the rehearsal?  If
 * the status is not STATUS_DONE, there has been a message.
 */
static Status
check_target(const Options *options, PGconn *conn)
{
	RegisterSurvey survey = {0};
	Status		status = STATUS_DONE;

	if (!register_survey_take(conn, &survey))
		return STATUS_TROUBLE;
	report_problems(options->progname, &survey.functions, NULL);
	if (survey.is_captured)
	{
		pg_log_error("nothing was run");
		status = STATUS_PROBLEM;
	}
	register_survey_free(&survey);
	return status;
}

/* Can databases be created and used by this connection? */
static bool
check_server(PGconn *conn)
{
	bool		is_pooled;

	if (!connection_is_pooled(conn, &is_pooled))
		return false;
	if (is_pooled)
		pg_log_error("there is a connection pooler between this program and "
					 "the server");
	return !is_pooled;
}

/* Rehearse in a scratch database, which is dropped whatever happens. */
static Status
rehearse_project(const Options *options, PGconn *conn, const Project *project)
{
	Rehearsal	rehearsal = {0};
	Status		status = STATUS_TROUBLE;

	rehearsal.progname = options->progname;
	rehearsal.options = &options->deploy;
	rehearsal.template = options->template;
	rehearsal.target = conn;
	rehearsal.project = project;

	rehearse_catch_signals();
	if (rehearse_scratch_drop_leftovers(conn) && rehearse_open(&rehearsal))
		status = plan_and_run(options, &rehearsal);
	if (!rehearse_close(&rehearsal) && status != STATUS_FAILED)
		status = STATUS_TROUBLE;
	if (rehearse_is_interrupted())
	{
		pg_log_error("interrupted");
		status = STATUS_FAILED;
	}
	return status;
}

/* Apply the patches, take them back, and apply them again. */
Status
command_rehearse(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection,
									   "versioning rehearse");
	Project    *project;
	Status		status = STATUS_TROUBLE;

	if (conn == NULL)
		return STATUS_TROUBLE;
	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_BYTES);
	report_problems(options->progname, &project->problems, NULL);
	report_problems(options->progname, &project->rollback_complaints, NULL);
	if (problem_has_errors(&project->problems) ||
		problem_has_errors(&project->rollback_complaints))
	{
		pg_log_error("nothing was run");
		status = STATUS_PROBLEM;
	}
	else if (check_server(conn))
	{
		status = check_target(options, conn);
		if (status == STATUS_DONE)
			status = rehearse_project(options, conn, project);
	}

	project_free(project);
	connection_close(conn);
	return status;
}
