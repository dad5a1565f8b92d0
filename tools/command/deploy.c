/*-------------------------------------------------------------------------
 *
 * command/deploy.c
 *		What apply and rollback have in common
 *
 * The plan is made twice: once to see whether there is anything to do and
 * whether it can be done, and once more when we are the only deployer, since
 * another one may have been at work meanwhile.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/deploy.h"
#include "deploy/deploy.h"
#include "plan/resume.h"

/* What a command works on */
typedef struct Deployment
{
	Options    *options;
	DeployAction action;
	MakePlan	make_plan;
	PGconn	   *conn;
	Project    *project;
	Register   *reg;
	PatchPlan  *plan;
	bool		is_alone;		/* no other deployer is at work */
} Deployment;

/* Forget the plan, and the register that it was made from. */
static void
forget_plan(Deployment *deployment)
{
	if (deployment->plan != NULL)
		plan_free(deployment->plan);
	if (deployment->reg != NULL)
		register_free(deployment->reg);
	deployment->plan = NULL;
	deployment->reg = NULL;
}

/*
 * Have the plan go on with what is unfinished.  As long as another deployer
 * may be at work, it is for that one to finish.
 */
static void
resume(Deployment *deployment)
{
	const Options *options = deployment->options;

	if (deployment->action == DEPLOY_APPLY &&
		(deployment->is_alone ||
		 (options->is_dry_run && deployment->reg->progress.count == 0)))
		plan_resume(deployment->plan, deployment->reg,
					options->name_count > 0 ? options->names[0] : NULL,
					options->restart_at);
}

/* Read the register and make the plan; says what is wrong with it. */
static Status
plan(Deployment *deployment)
{
	forget_plan(deployment);
	deployment->reg = register_read(deployment->conn);
	if (deployment->reg == NULL)
		return STATUS_TROUBLE;
	deployment->plan = deployment->make_plan(deployment->options,
											 deployment->project,
											 deployment->reg);
	resume(deployment);
	report_problems(deployment->options->progname,
					&deployment->plan->problems, NULL);
	return problem_has_errors(&deployment->plan->problems) ||
		deployment->reg->survey.is_captured ? STATUS_PROBLEM : STATUS_DONE;
}

/* Print the plan. */
static void
print_plan(const PatchPlan *plan)
{
	int			i;
	int			j;

	for (i = 0; i < plan->count; i++)
	{
		const PlanStep *step = &plan->steps[i];

		fputs(deploy_progress_number(i + 1, plan->count), stdout);
		for (j = 0; j < step->name_count; j++)
		{
			if (j > 0)
				fputs(", ", stdout);
			report_escaped(stdout, step->names[j]);
		}
		fputs("  ", stdout);
		report_escaped(stdout, step->file->path);
		if (step->parts != NULL && step->parts->next > 0 &&
			step->parts->next < step->parts->cut.count)
			printf("  (from line %d)",
				   step->parts->cut.items[step->parts->next].line);
		putchar('\n');
	}
}

/* How many patches are applied, all of each? */
static int
count_applied(const Register *reg)
{
	int			count = 0;
	int			i;

	for (i = 0; i < reg->count; i++)
		count += reg->patches[i].unfinished == NULL;
	return count;
}

/* Say that there is nothing to do. */
static Status
nothing_to_do(const Deployment *deployment)
{
	bool		is_apply = deployment->action == DEPLOY_APPLY;

	if (deployment->options->deploy.is_quiet)
		return STATUS_DONE;
	printf("Nothing to %s: %d applied, none %sis %s.\n",
		   is_apply ? "apply" : "take back", count_applied(deployment->reg),
		   deployment->options->name_count > 0 ?
		   "of the patches asked for " : "", is_apply ? "pending" : "applied");
	return STATUS_DONE;
}

/* Say what would be done, and what would be waited for first. */
static Status
run_dry(const Deployment *deployment)
{
	const InProgress *progress = &deployment->reg->progress;
	int			i;

	for (i = 0; i < progress->count; i++)
	{
		char	   *text = in_progress_explain(&progress->sessions[i]);

		pg_log_warning("%s", text);
		pg_free(text);
	}
	if (deployment->plan->count > 0)
		print_plan(deployment->plan);
	else if (progress->count > 0)
		return STATUS_LOCKED;
	else
		return nothing_to_do(deployment);
	return STATUS_DONE;
}

/* Be the only deployer, look again, and run what is to be run. */
static Status
run_alone(Deployment *deployment)
{
	DeployLock *lock;
	Status		status = deploy_lock_acquire(deployment->options->deploy.wait,
											 deployment->conn,
											 deployment->action, &lock);

	if (status != STATUS_DONE)
		return status;
	deployment->is_alone = true;
	status = plan(deployment);
	if (status == STATUS_PROBLEM)
		pg_log_error("nothing was run");
	if (status == STATUS_DONE)
		status = deployment->plan->count == 0 ? nothing_to_do(deployment) :
			deploy_run(&deployment->options->deploy, deployment->conn, lock,
					   deployment->action, deployment->plan);
	deploy_lock_release(lock);
	return status;
}

/* Say what is odd about the register. */
static void
report_register(const Deployment *deployment)
{
	const char *progname = deployment->options->progname;
	const Register *reg = deployment->reg;

	report_problems(progname, &reg->survey.functions, NULL);
	report_problems(progname, &reg->problems, NULL);
}

/* Look at everything, then do it. */
static Status
look_and_run(Deployment *deployment)
{
	const Project *project = deployment->project;
	const ProblemList *problems = deployment->action == DEPLOY_APPLY ?
		&project->problems : &project->rollback_complaints;
	Status		status;

	/* All that is wrong with what is needed is told at once */
	report_problems(deployment->options->progname, problems, NULL);
	status = plan(deployment);
	if (deployment->action != DEPLOY_APPLY && status == STATUS_PROBLEM)
		report_problems(deployment->options->progname,
						&project->problems, NULL);
	if (deployment->reg != NULL)
		report_register(deployment);
	if (status == STATUS_DONE && problem_has_errors(problems))
		status = STATUS_PROBLEM;
	if (status == STATUS_PROBLEM)
		pg_log_error("nothing was run");
	if (status != STATUS_DONE)
		return status;

	if (deployment->options->is_dry_run)
		return run_dry(deployment);
	if (deployment->plan->count == 0 && deployment->reg->progress.count == 0 &&
		deployment->reg->unfinished.count == 0 &&
		deployment->options->restart_at == 0)
		return nothing_to_do(deployment);
	return run_alone(deployment);
}

Status
command_deploy_run(Options *options, DeployAction action, MakePlan make_plan)
{
	Deployment	deployment = {0};
	Status		status;

	deployment.options = options;
	deployment.action = action;
	deployment.make_plan = make_plan;
	deployment.conn = connection_open(&options->connection, "versioning");
	if (deployment.conn == NULL)
		return STATUS_TROUBLE;
	deployment.project = project_read(&options->patches,
									  &options->rollbacks,
									  action != DEPLOY_APPLY, PROJECT_BYTES);

	status = look_and_run(&deployment);

	forget_plan(&deployment);
	project_free(deployment.project);
	connection_close(deployment.conn);
	return status;
}
