/*-------------------------------------------------------------------------
 *
 * command/rollback.c
 *		versioning rollback: take patches back
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "command/command.h"
#include "command/deploy.h"
#include "plan/rollback.h"

/*
 * Name the patches that were applied last.  This is done once, before we wait
 * for another deployer: what is last after it was not meant.
 */
static void
name_last_ones(Options *options, const Register *reg)
{
	int			count = Min(options->last, reg->count);
	int			i;

	options->names = pg_malloc((count + 1) * sizeof(char *));
	for (i = 0; i < count; i++)
		options->names[i] = pg_strdup(reg->patches[reg->count - 1 - i].name);
	options->name_count = count;
	options->last = 0;
}

/* Those that the user has named, or the last ones. */
static PatchPlan *
make_plan(Options *options, const Project *project, const Register *reg)
{
	if (options->last > 0)
		name_last_ones(options, reg);
	return plan_rollback_create(project, reg, options->names,
								options->name_count, options->is_cascade);
}

/* Free the names of the last ones. */
static void
free_names(Options *options)
{
	int			i;

	for (i = 0; i < options->name_count; i++)
		pg_free(options->names[i]);
	pg_free(options->names);
	options->name_count = 0;
}

/* Take the patches back that are named, or the last ones. */
Status
command_rollback(Options *options)
{
	char	  **given = options->names;
	Status		status = command_deploy_run(options, DEPLOY_ROLLBACK,
											make_plan);

	if (options->names != given)
		free_names(options);
	return status;
}
