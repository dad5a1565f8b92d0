/*-------------------------------------------------------------------------
 *
 * command_rollback.c
 *		versioning rollback: take patches back
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "deploy_command.h"
#include "rollback_plan.h"

/* The names of the patches that were applied last; free the array. */
static char **
last_names(const Register *reg, int count)
{
	char	  **names = pg_malloc((count + 1) * sizeof(char *));
	int			i;

	for (i = 0; i < count; i++)
		names[i] = unconstify(char *, reg->patches[reg->count - 1 - i].name);
	return names;
}

/* Those that the user has named, or the last ones. */
static PatchPlan *
make_plan(const Options *options, const Project *project, const Register *reg)
{
	int			count = Min(options->last, reg->count);
	char	  **names;
	PatchPlan  *plan;

	if (options->last == 0)
		return rollback_plan_create(project, reg, options->names,
									options->name_count, options->is_cascade);
	names = last_names(reg, count);
	plan = rollback_plan_create(project, reg, names, count,
								options->is_cascade);
	pg_free(names);
	return plan;
}

Status
command_rollback(Options *options)
{
	return deploy_command_run(options, DEPLOY_ROLLBACK, make_plan);
}
