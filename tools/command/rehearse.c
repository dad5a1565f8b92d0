/*-------------------------------------------------------------------------
 *
 * command/rehearse.c
 *		versioning rehearse: try out patches and their rollbacks
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/json.h"
#include "base/report.h"
#include "command/command.h"
#include "plan/names.h"
#include "plan/single.h"
#include "project/verification.h"
#include "rehearse/rehearse.h"
#include "scratch/build.h"

/*
 * Which steps are to be taken back, too?  Those that the user has named, if
 * any are; of a name that is none, the template has the patch already.  The
 * caller frees the answer; it is NULL after a message.
 */
static bool *
choose_cycled(const Options *options, const Project *project,
			  const PatchPlan *plan)
{
	bool	   *is_cycled = pg_malloc0(plan->count + 1);
	bool		result = true;
	int			i;
	int			j;

	if (options->name_count == 0)
		memset(is_cycled, true, plan->count);
	for (i = 0; i < options->name_count; i++)
	{
		const ProjectFile *file = plan_names_patch_file(project,
														options->names[i]);

		for (j = 0; j < plan->count; j++)
			if (plan->steps[j].file == file)
				break;
		if (j < plan->count)
			is_cycled[j] = true;
		else
		{
			pg_log_error("\"%s\" cannot be rehearsed: the template has it "
						 "already", report_printable(options->names[i]));
			result = false;
		}
	}
	if (result)
		return is_cycled;
	pg_free(is_cycled);
	return NULL;
}

/* How many patches of the files are in the template already? */
static int
count_known(const Project *project, const Register *reg)
{
	int			count = 0;
	int			i;

	for (i = 0; i < reg->count; i++)
		count += project_find_patch(project, reg->patches[i].name) != NULL;
	return count;
}

/* How many steps were to be rehearsed, and have not even begun? */
static int
count_rest(const Rehearsal *rehearsal)
{
	int			rest = 0;
	int			i;

	for (i = rehearsal->gone; i < rehearsal->plan->count; i++)
		rest += rehearsal->is_cycled[i];
	return rest;
}

/* Tell programs what has come of it all. */
static void
print_end(const Rehearsal *rehearsal, int known)
{
	static const char *const keys[] = {
		[REHEARSAL_GOOD] = "ok",
		[REHEARSAL_LEAVING] = "leaving",
		[REHEARSAL_TAKING] = "taking",
		[REHEARSAL_MISSING] = "missing",
		[REHEARSAL_FAILED] = "failed",
		[REHEARSAL_EXCUSED] = "only_applied"
	};
	int			i;

	json_begin_object("event", "end");
	for (i = 0; i < REHEARSAL_OUTCOMES; i++)
		json_print_number(keys[i], rehearsal->counts[i]);
	json_print_number("in_template", known);
	json_print_number("not_reached", count_rest(rehearsal));
	puts("}");
}

/* Say what has come of it all; so many the template has already. */
static void
print_summary(const Rehearsal *rehearsal, int known)
{
	static const char *const phrases[] = {
		[REHEARSAL_LEAVING] = "with a rollback that leaves something behind",
		[REHEARSAL_TAKING] = "with a rollback that takes away too much",
		[REHEARSAL_MISSING] = "without a rollback of its own",
		[REHEARSAL_FAILED] = "failed"
	};
	const int  *counts = rehearsal->counts;
	int			count = counts[REHEARSAL_GOOD];
	int			rest = count_rest(rehearsal);
	size_t		i;

	for (i = REHEARSAL_LEAVING; i < lengthof(phrases); i++)
		count += counts[i];
	printf("%d rehearsed", count);
	if (count > 0)
		printf(": %d ok", counts[REHEARSAL_GOOD]);
	for (i = REHEARSAL_LEAVING; i < lengthof(phrases); i++)
		if (counts[i] > 0)
			printf(", %d %s", counts[i], phrases[i]);

	if (counts[REHEARSAL_EXCUSED] > 0)
		printf("; %d only applied", counts[REHEARSAL_EXCUSED]);
	if (known > 0)
		printf("; %d in the template already", known);
	if (rest > 0)
		printf("; %d not reached", rest);
	puts("");
}

/* The exit status that the outcome stands for. */
static Status
judge(const int *counts)
{
	if (counts[REHEARSAL_FAILED] > 0)
		return STATUS_FAILED;
	return counts[REHEARSAL_LEAVING] + counts[REHEARSAL_TAKING] +
		counts[REHEARSAL_MISSING] > 0 ? STATUS_PROBLEM : STATUS_DONE;
}

/* Make the plan, and go through it. */
static Status
plan_and_run(const Options *options, Rehearsal *rehearsal)
{
	Register   *reg = register_read(rehearsal->scratch->conn);
	PatchPlan  *plan;
	bool	   *is_cycled = NULL;
	Status		status = STATUS_PROBLEM;

	if (reg == NULL)
		return STATUS_TROUBLE;
	plan = plan_apply_create(rehearsal->project, reg, options->names,
							 options->name_count, true);
	if (options->deploy.is_single)
		plan_single_check(plan);
	report_problems(options->progname, &reg->problems, NULL);
	report_problems(options->progname, &plan->problems, NULL);
	if (!problem_has_errors(&plan->problems))
		is_cycled = choose_cycled(options, rehearsal->project, plan);
	rehearsal->plan = plan;
	rehearsal->is_cycled = is_cycled;
	if (is_cycled == NULL)
		pg_log_error("nothing was run");
	else
	{
		int			known = options->name_count > 0 ? 0 :
			count_known(rehearsal->project, reg);

		status = rehearse_run(rehearsal);
		if (options->deploy.is_json)
			print_end(rehearsal, known);
		else if (!options->deploy.is_quiet || status != STATUS_DONE)
			print_summary(rehearsal, known);
		if (status == STATUS_DONE)
			status = judge(rehearsal->counts);
	}
	pg_free(is_cycled);
	plan_free(plan);
	register_free(reg);
	return status;
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

	/* A signal ends the rehearsal, but not before the database is dropped */
	if (interruption_catch() && scratch_database_drop_leftovers(conn) &&
		rehearse_open(&rehearsal))
		status = plan_and_run(options, &rehearsal);
	if (!rehearse_close(&rehearsal) && status != STATUS_FAILED)
		status = STATUS_TROUBLE;
	if (interruption_count() > 0)
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
	/* Programs are told in our words, and nothing else is to be read there */
	options->deploy.is_quiet |= options->deploy.is_json;
	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_BYTES);
	project_verification_read(project, &options->verifications);
	report_problems(options->progname, &project->problems, NULL);
	report_problems(options->progname, &project->rollback_complaints, NULL);
	report_problems(options->progname, &project->verification_complaints,
					NULL);
	if (problem_has_errors(&project->problems) ||
		problem_has_errors(&project->verification_complaints) ||
		problem_has_errors(&project->rollback_complaints))
	{
		pg_log_error("nothing was run");
		status = STATUS_PROBLEM;
	}
	else if (scratch_database_is_possible(conn))
	{
		status = scratch_build_check(options->progname, conn);
		if (status == STATUS_DONE)
			status = rehearse_project(options, conn, project);
	}

	project_free(project);
	connection_close(conn);
	return status;
}
