/*-------------------------------------------------------------------------
 *
 * patch/job.c
 *		The calls of register_job and assert_job_is_done
 *
 * What is of interest is which job it is, and the table that it goes through.
 * They count if they are strings, whatever these are cast to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/job.h"
#include "sql/constant.h"

const char *const patch_job_functions[] = {
	[JOB_REGISTER] = "register_job",
	[JOB_AWAIT] = "assert_job_is_done"
};

int
patch_job_function(const SqlToken *token)
{
	size_t		i;

	for (i = 0; i < lengthof(patch_job_functions); i++)
		if (sql_constant_is(token, patch_job_functions[i]))
			return i;
	return -1;
}

/* Is an argument over, of a call inside so many parentheses? */
static bool
at_end(const PsqlScript *script, size_t parentheses)
{
	return psql_script_at_end(script) || script->parentheses < parentheses ||
		(script->parentheses == parentheses &&
		 sql_constant_is_symbol(&script->token, ","));
}

/* Where the argument goes, by the name before it, or its position */
static char **
read_parameter(PsqlScript *script, PatchJob *job, int position)
{
	SqlToken	name = script->token;

	if (name.kind == SQL_IDENTIFIER)
	{
		psql_script_next(script);
		if (!sql_constant_is_symbol(&script->token, "=>") &&
			!sql_constant_is_symbol(&script->token, ":="))
			return NULL;
		psql_script_next(script);
		position = sql_constant_is(&name, "in_job_name") ? 0 :
			sql_constant_is(&name, "in_table") ? 1 : -1;
	}
	return position == 0 ? &job->name : position == 1 ? &job->table : NULL;
}

/* Read an argument, up to the comma or parenthesis after it. */
static void
read_argument(PsqlScript *script, PatchJob *job, int position,
			  size_t parentheses)
{
	char	  **place = read_parameter(script, job, position);
	char	   *text = NULL;

	if (script->token.kind == SQL_STRING)
	{
		text = sql_constant_decode(&script->token);
		psql_script_next(script);
	}
	if (place != NULL && *place == NULL && text != NULL &&
		(at_end(script, parentheses) ||
		 sql_constant_is_symbol(&script->token, "::")))
		*place = text;
	else
		pg_free(text);
	while (!at_end(script, parentheses))
		psql_script_next(script);
}

bool
patch_job_read(PsqlScript *script, PatchJob *job)
{
	size_t		parentheses = script->parentheses;
	int			position = 0;

	do
	{
		psql_script_next(script);
		read_argument(script, job, position++, parentheses);
	} while (sql_constant_is_symbol(&script->token, ","));
	if (!psql_script_at_end(script))
		psql_script_next(script);
	return job->name != NULL;
}

void
patch_job_free(PatchJob *job)
{
	pg_free(job->name);
	pg_free(job->table);
}
