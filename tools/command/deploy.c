/*-------------------------------------------------------------------------
 *
 * command/deploy.c
 *		versioning apply and versioning rollback
 *
 * The plan is made twice: once to see whether there is anything to do and
 * whether it can be done, and once more when we are the only deployer, since
 * another one may have been at work meanwhile.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/ask.h"
#include "base/buffer.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "deploy/deploy.h"
#include "plan/resume.h"
#include "plan/single.h"
#include "plan/to.h"
#include "project/verification.h"
#include "watch/events.h"

/* What a command works on */
typedef struct Deployment
{
	Options    *options;
	DeployAction action;
	PGconn	   *conn;
	Project    *project;
	Register   *reg;
	PatchPlan  *plan;
	const char *to;				/* that of the options, or NULL */
	bool		is_last;		/* so is --last */
	char	   *asked;			/* a yes was said to these names, or NULL */
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
 * Name the patches that were applied last, for --last and --to.  This is done
 * once, before we wait for another deployer: what is last after it was not
 * meant.
 */
static void
name_last_ones(Options *options, const Register *reg)
{
	int			count = Min(options->last, reg->count);
	int			i;

	options->last = 0;
	options->names = pg_malloc((count + 1) * sizeof(char *));
	for (i = 0; i < count; i++)
		options->names[i] = pg_strdup(reg->patches[reg->count - 1 - i].name);
	options->name_count = count;
}

/* Free the names of the last ones. */
static void
free_names(Options *options)
{
	int			i;

	for (i = 0; i < options->name_count; i++)
		pg_free(options->names[i]);
	pg_free(options->names);
}

/* Make the plan to apply patches. */
static PatchPlan *
plan_apply(const Deployment *deployment)
{
	const Options *options = deployment->options;
	PatchPlan  *plan = plan_apply_create(deployment->project,
										 deployment->reg, options->names,
										 options->name_count,
										 options->runs_jobs);

	if (options->to != NULL)
		plan_to_cut(plan, deployment->project, deployment->reg, options->to);
	return plan;
}

/*
 * Make the plan to take patches back.  What --to means is found out once, too.
 */
static PatchPlan *
plan_rollback(const Deployment *deployment)
{
	Options    *options = deployment->options;
	const char *to = options->to;
	PatchPlan  *plan;

	if (options->last > 0)
		name_last_ones(options, deployment->reg);
	plan = plan_rollback_create(deployment->project, deployment->reg,
								options->names, options->name_count,
								options->is_cascade);
	if (to == NULL)
		return plan;
	options->to = NULL;
	options->last = plan_to_count_after(deployment->project, deployment->reg,
										to, &plan->problems);
	if (options->last == 0)
		return plan;
	plan_free(plan);
	return plan_rollback(deployment);
}

/* Make the plan of the command. */
static PatchPlan *
make_plan(const Deployment *deployment)
{
	return deployment->action == DEPLOY_APPLY ? plan_apply(deployment) :
		plan_rollback(deployment);
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
	if (deployment->plan != NULL)
	{
		forget_plan(deployment);
		deployment->reg = register_ask(deployment->conn);
	}
	deployment->reg = register_receive(deployment->reg, deployment->conn);
	if (deployment->reg == NULL)
		return STATUS_TROUBLE;
	deployment->plan = make_plan(deployment);
	resume(deployment);
	if (deployment->options->deploy.is_single)
		plan_single_check(deployment->plan);
	report_problems(deployment->options->progname,
					&deployment->plan->problems, NULL);
	return problem_has_errors(&deployment->plan->problems) ||
		deployment->reg->survey.is_captured ? STATUS_PROBLEM : STATUS_DONE;
}

/* Print the plan. */
static void
print_plan(FILE *stream, const PatchPlan *plan)
{
	const SimpleStringListCell *cell;
	int			i;
	int			j;

	for (i = 0; i < plan->count; i++)
	{
		const PlanStep *step = &plan->steps[i];

		fputs(watch_progress_number(i + 1, plan->count), stream);
		for (j = 0; j < step->name_count; j++)
		{
			if (j > 0)
				fputs(", ", stream);
			report_escaped(stream, step->names[j]);
		}
		fputs("  ", stream);
		report_escaped(stream, step->file->path);
		if (step->parts != NULL && step->parts->next > 0 &&
			step->parts->next < step->parts->cut.count)
			fprintf(stream, "  (from line %d)",
					step->parts->cut.items[step->parts->next].line);
		for (cell = step->jobs.head; cell != NULL; cell = cell->next)
		{
			fputs("  (after the job \"", stream);
			report_escaped(stream, cell->val);
			fputs("\")", stream);
		}
		putc('\n', stream);
	}
}

/* Tell programs of the plan, if it is they who want to know. */
static void
tell_plan(const Deployment *deployment)
{
	if (deployment->options->deploy.is_json)
		watch_events_plan(deployment->options->command, deployment->plan);
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

/* Say what was left out, since it waits for jobs. */
static void
print_waits(const PatchPlan *plan)
{
	int			i;

	for (i = 0; i < plan->wait_count; i++)
	{
		report_escaped(stdout, plan->waits[i].file->path);
		putchar(' ');
		report_escaped(stdout, plan->waits[i].reason);
		putchar('\n');
	}
	if (plan->wait_count > 0)
		puts("Run jobs by \"versioning run\", or \"versioning apply "
			 "--run-jobs\".");
}

/* Say to people that there is nothing to do. */
static void
print_nothing(const Deployment *deployment)
{
	bool		is_apply = deployment->action == DEPLOY_APPLY;

	if (deployment->to != NULL)
		printf(is_apply ? "Nothing to apply: all up to \"%s\" is applied.\n" :
			   "Nothing to take back: none was applied after \"%s\".\n",
			   report_printable(deployment->to));
	else
		printf("Nothing to %s: %d applied, none %sis %s.\n",
			   is_apply ? "apply" : "take back",
			   count_applied(deployment->reg),
			   deployment->options->name_count > 0 ?
			   "of the patches asked for " : "",
			   is_apply ? "pending" : "applied");
}

/* Say that there is nothing to do. */
static Status
nothing_to_do(const Deployment *deployment)
{
	const Options *options = deployment->options;

	tell_plan(deployment);
	if (options->deploy.is_json && !options->is_dry_run)
		watch_events_end(0, 0, 0, 0);
	if (!options->deploy.is_json && !options->deploy.is_quiet)
		print_nothing(deployment);
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
	if (deployment->plan->count == 0 && progress->count == 0)
		return nothing_to_do(deployment);
	tell_plan(deployment);
	if (deployment->plan->count == 0)
		return STATUS_LOCKED;
	if (!deployment->options->deploy.is_json)
		print_plan(stdout, deployment->plan);
	return STATUS_DONE;
}

/*
 * Is more to be taken back than what the user has named one by one, so that
 * whoever sits at a terminal is asked?
 */
static bool
is_sweeping(const Deployment *deployment)
{
	const Options *options = deployment->options;

	return deployment->action == DEPLOY_ROLLBACK &&
		(options->is_cascade || deployment->to != NULL ||
		 (deployment->is_last &&
		  (options->name_count > 1 ||
		   options->name_count == deployment->reg->count)));
}

/* All names of a plan, which the caller frees. */
static char *
list_names(const PatchPlan *plan)
{
	PQExpBufferData text;
	int			i;
	int			j;

	initPQExpBuffer(&text);
	for (i = 0; i < plan->count; i++)
		for (j = 0; j < plan->steps[i].name_count; j++)
			appendPQExpBuffer(&text, "%s\n", plan->steps[i].names[j]);
	return buffer_finish(&text);
}

/* Is what would be taken back now not what a yes was said to? */
static bool
is_other_than_asked(const Deployment *deployment)
{
	char	   *names = list_names(deployment->plan);
	bool		result = deployment->asked != NULL &&
		strcmp(names, deployment->asked) != 0;

	pg_free(names);
	return result;
}

/*
 * May the plan be run?  Without a terminal nobody is asked.  The list goes
 * where the question goes.
 */
static Status
ask(Deployment *deployment)
{
	const Options *options = deployment->options;
	const PatchPlan *plan = deployment->plan;
	char	   *question;
	Status		status;

	if (plan->count == 0 || options->says_yes || !isatty(STDIN_FILENO) ||
		!is_sweeping(deployment))
		return STATUS_DONE;
	fflush(stdout);
	print_plan(stderr, plan);
	question = plan->count == 1 ?
		psprintf("Take this back in database \"%s\"?",
				 PQdb(deployment->conn)) :
		psprintf("Take these %d back in database \"%s\"?", plan->count,
				 PQdb(deployment->conn));
	status = ask_yes(false, question);
	deployment->asked = list_names(plan);
	pg_free(question);
	return status;
}

/* Run the plan, in a single transaction if that is asked for. */
static Status
run_plan(const Deployment *deployment, RunLock *lock)
{
	const RunOptions *options = &deployment->options->deploy;
	PatchPlan  *single;
	Status		status;

	if (!options->is_single || deployment->plan->count < 2)
		return deploy_run(options, deployment->conn, lock,
						  deployment->action, deployment->plan);
	single = plan_single_create(deployment->plan);
	status = deploy_run(options, deployment->conn, lock, deployment->action,
						single);
	plan_single_free(single);
	return status;
}

/* Be the only deployer, look again, and run what is to be run. */
static Status
run_alone(Deployment *deployment)
{
	RunLock    *lock;
	Status		status = run_lock_acquire(deployment->options->deploy.wait,
										  deployment->conn,
										  deployment->action, &lock);

	if (status != STATUS_DONE)
		return status;
	deployment->is_alone = true;
	status = plan(deployment);
	if (status == STATUS_DONE && is_other_than_asked(deployment))
	{
		pg_log_error("it is no longer the same that would be taken back, as "
					 "another deployer was at work");
		status = STATUS_PROBLEM;
	}
	if (status == STATUS_PROBLEM)
		pg_log_error("nothing was run");
	if (status == STATUS_DONE && deployment->plan->count == 0)
		status = nothing_to_do(deployment);
	else if (status == STATUS_DONE)
	{
		tell_plan(deployment);
		status = run_plan(deployment, lock);
	}
	run_lock_release(lock);
	return status;
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
	report_problems(deployment->options->progname,
					&project->verification_complaints, NULL);
	status = plan(deployment);
	if (deployment->action != DEPLOY_APPLY && status == STATUS_PROBLEM)
		report_problems(deployment->options->progname,
						&project->problems, NULL);
	if (deployment->reg != NULL)
	{
		command_register_report(deployment->options, deployment->reg);
		command_verify_warn_of_strays(deployment->options, project,
									  deployment->reg);
	}
	if (status == STATUS_DONE &&
		(problem_has_errors(problems) ||
		 problem_has_errors(&project->verification_complaints)))
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
	status = ask(deployment);
	return status == STATUS_DONE ? run_alone(deployment) : status;
}

/* Run the command that is meant by the action. */
static Status
run(Options *options, DeployAction action)
{
	Deployment	deployment = {0};
	char	  **given = options->names;
	Status		status;

	deployment.options = options;
	deployment.action = action;
	deployment.to = options->to;
	deployment.is_last = options->last > 0;
	deployment.conn = connection_open(&options->connection, "versioning");
	if (deployment.conn == NULL)
		return STATUS_TROUBLE;

	/* The files are read while the server is looking for its answer */
	deployment.reg = register_ask(deployment.conn);
	deployment.project = project_read(&options->patches,
									  &options->rollbacks,
									  action != DEPLOY_APPLY, PROJECT_BYTES);
	if (action == DEPLOY_APPLY)
		project_verification_read(deployment.project,
								  &options->verifications);

	status = look_and_run(&deployment);
	if (status == STATUS_DONE && !options->deploy.is_json &&
		!options->deploy.is_quiet)
		print_waits(deployment.plan);

	forget_plan(&deployment);
	pg_free(deployment.asked);
	if (options->names != given)
		free_names(options);
	project_free(deployment.project);
	connection_close(deployment.conn);
	return status;
}

/* Apply the patches that are named, with what they require, or all. */
Status
command_deploy_apply(Options *options)
{
	return run(options, DEPLOY_APPLY);
}

/* Take the patches back that are named, or the last ones. */
Status
command_deploy_rollback(Options *options)
{
	return run(options, DEPLOY_ROLLBACK);
}
