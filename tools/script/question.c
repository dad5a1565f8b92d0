/*-------------------------------------------------------------------------
 *
 * script/question.c
 *		What a script asks of a person, who is not there when it is run
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/argument.h"
#include "script/question.h"

/* Does it include psql's standard input? */
static bool
includes_input(const PsqlCommand *command)
{
	char	   *file = psql_argument_file(command);
	bool		result = file != NULL && strcmp(file, "-") == 0;

	pg_free(file);
	return result;
}

/*
 * A variable that is asked for in an \if that cannot be known may have been
 * set on the command line.
 */
char *
script_question_find(const PsqlCommand *command, bool is_doubtful,
					 ProblemLevel *level)
{
	const char *doing = NULL;
	bool		is_prompt = command->action == PSQL_PROMPT;

	*level = PROBLEM_WARNING;
	switch (command->action)
	{
		case PSQL_ASK:
		case PSQL_PROMPT:
			if (!is_prompt || !is_doubtful)
				*level = PROBLEM_ERROR;
			return psprintf("\\%.*s needs somebody who answers, and nobody is "
							"there when this is run%s",
							(int) (command->arguments - command->name),
							command->name, is_prompt ?
							": let -v NAME=VALUE set the variable" : "");
		case PSQL_COPY_INPUT:
			doing = "copies from";
			break;
		case PSQL_INCLUDE:
		case PSQL_INCLUDE_RELATIVE:
			if (includes_input(command))
				doing = "includes";
			break;
		default:
			break;
	}
	return doing == NULL ? NULL :
		psprintf("this %s psql's standard input, and nothing is there when "
				 "this is run", doing);
}
