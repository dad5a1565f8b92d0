/*-------------------------------------------------------------------------
 *
 * scratch/build.c
 *		The database that the files of a project make
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "common/logging.h"
#include "scratch/build.h"

Status
scratch_build_check(const char *progname, PGconn *conn)
{
	RegisterSurvey survey = {0};
	Status		status = STATUS_DONE;

	if (!register_survey_take(conn, &survey))
		return STATUS_TROUBLE;
	report_problems(progname, &survey.functions, NULL);
	if (survey.is_captured)
	{
		pg_log_error("nothing was run");
		status = STATUS_PROBLEM;
	}
	register_survey_free(&survey);
	return status;
}

/* Run the plan, quietly. */
static Status
run(const RunOptions *options, const char *label, PGconn *conn,
	const PatchPlan *plan)
{
	RunOptions	quiet = *options;
	RunLock    *lock;
	Status		status = run_lock_acquire(options->wait, conn, DEPLOY_APPLY,
										  &lock);

	if (status != STATUS_DONE)
		return status;
	quiet.label = options->is_quiet ? NULL : label;
	quiet.is_quiet = true;
	quiet.is_json = false;
	quiet.is_rehearsal = true;
	status = deploy_run(&quiet, conn, lock, DEPLOY_APPLY, plan);
	run_lock_release(lock);
	return status;
}

Status
scratch_build(const char *progname, const RunOptions *options,
			  const char *label, PGconn *conn, const Project *project,
			  char *const *names, int name_count)
{
	Register   *reg = register_read(conn);
	PatchPlan  *plan;
	Status		status = STATUS_PROBLEM;

	if (reg == NULL)
		return STATUS_TROUBLE;
	plan = plan_apply_create(project, reg, names, name_count, true);
	report_problems(progname, &reg->problems, NULL);
	report_problems(progname, &plan->problems, NULL);
	if (!problem_has_errors(&plan->problems))
		status = run(options, label, conn, plan);
	plan_free(plan);
	register_free(reg);
	return status;
}
