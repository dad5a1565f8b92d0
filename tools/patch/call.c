/*-------------------------------------------------------------------------
 *
 * patch/call.c
 *		The arguments of a call of register_patch and its kin
 *
 * An argument counts if it is a plain constant: a string with or without
 * casts, NULL, an array constructor of such, an array literal.  Any other
 * expression is complained about and passed over; what can be understood of
 * the rest is.
 *
 * Any parameter but the name may be left out, as the newer of the versions
 * that people have, whose register_patch has defaults, allows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/call.h"
#include "patch/constant.h"
#include "sql/constant.h"

/* The arguments, in the order of their positions */
enum
{
	PATCH_NAME,
	REQUIREMENTS,
	CONFLICTS,
	PARAMETERS
};

static const char *const parameters[PARAMETERS] = {
	"in_patch_name", "in_requirements", "in_conflicts"
};

const char *const patch_call_functions[] = {
	[PATCH_REGISTER] = "register_patch",
	[PATCH_TRY_REGISTER] = "try_register_patch",
	[PATCH_UNREGISTER] = "unregister_patch"
};

/* A call that is being read */
typedef struct CallReader
{
	PsqlScript *script;
	PatchCall  *call;
	ProblemList *problems;
	int			parameter;		/* of the current argument */
	int			line;			/* its line */
	bool		is_named;		/* it, or one before it */
	bool		is_given[PARAMETERS];
	bool		is_refused;		/* the server would not run it */
} CallReader;

/* Add what is wrong.  Of what is to be taken back, many need not know. */
static void
add_complaint(CallReader *reader, int line, const char *subject,
			  const char *problem, const char *detail)
{
	bool		is_rollback = reader->call->action == PATCH_UNREGISTER;

	problem_add_kind(reader->problems, is_rollback ?
					 PROBLEM_REMARK : PROBLEM_ERROR, is_rollback ?
					 PROBLEM_UNCLEAR_ROLLBACK : PROBLEM_NOT_UNDERSTOOD,
					 NULL, line, "_v.%s: %s%s%s%s",
					 patch_call_functions[reader->call->action], subject,
					 *subject == '\0' ? "" : " ", problem, detail);
}

/* Say what is wrong with the call; this one is not a registration. */
static void
refuse(CallReader *reader, const char *problem, const char *detail)
{
	if (!reader->is_refused)
		add_complaint(reader, reader->call->line, "", problem, detail);
	reader->is_refused = true;
}

/* Say what is wrong with the current argument. */
static void
complain(CallReader *reader, const char *problem, const char *detail)
{
	add_complaint(reader, reader->line, parameters[reader->parameter],
				  problem, detail);
	if (reader->parameter == PATCH_NAME)
		reader->is_refused = true;
}

/* There is a string in the place of an array: it may be its only element. */
static void
complain_of_string(CallReader *reader, const char *text)
{
	char	   *hint = psprintf(": write ARRAY['%s']", text);

	complain(reader, "is not an array", *text == '\0' ||
			 strpbrk(text, "'\\\n") != NULL ? "" : hint);
	pg_free(hint);
}

/* Take the elements of an array as requirements or conflicts. */
static void
take_elements(CallReader *reader, const PatchConstant *constant)
{
	SimpleStringList *list = reader->parameter == REQUIREMENTS ?
		&reader->call->requirements : &reader->call->conflicts;
	const SimpleStringListCell *cell;

	if (constant->nulls > 0)
		complain(reader, "has an element that is NULL", "");
	for (cell = constant->elements.head; cell != NULL; cell = cell->next)
	{
		if (cell->val[0] == '\0')
			complain(reader, "has an empty element", "");
		else
			simple_string_list_append(list, cell->val);
	}
}

/* Take a constant as the name of the patch. */
static void
take_name(CallReader *reader, PatchConstant *constant)
{
	if (constant->kind == CONSTANT_ARRAY)
		complain(reader, "is an array", "");
	else if (constant->kind == CONSTANT_NULL)
		complain(reader, "is NULL", "");
	else if (constant->text[0] == '\0')
		complain(reader, "is empty", "");
	else
	{
		reader->call->name = constant->text;
		constant->text = NULL;
	}
}

/* Take a constant as requirements or conflicts. */
static void
take_array(CallReader *reader, PatchConstant *constant)
{
	const char *problem;

	if (constant->kind == CONSTANT_NULL)
		return;
	if (constant->kind == CONSTANT_UNTYPED &&
		strchr("[{", constant->text[strspn(constant->text, " \t\r\n")]))
	{
		problem = patch_constant_to_array(constant);
		if (problem != NULL)
		{
			complain(reader, "is not understood: ", problem);
			return;
		}
	}
	if (constant->kind == CONSTANT_ARRAY)
		take_elements(reader, constant);
	else
		complain_of_string(reader, constant->text);
}

/*
 * Which parameter is the current argument for?  Passes a name before it.
 * Returns -1 if there is none.
 */
static int
read_parameter(CallReader *reader, int position)
{
	int			i;

	for (i = 0; i < PARAMETERS; i++)
	{
		if (!sql_constant_is(&reader->script->token, parameters[i]))
			continue;
		psql_script_next(reader->script);
		if (!sql_constant_is_symbol(&reader->script->token, "=>") &&
			!sql_constant_is_symbol(&reader->script->token, ":="))
			return position;
		psql_script_next(reader->script);
		reader->is_named = true;
		return reader->call->action == PATCH_UNREGISTER && i > 0 ? -1 : i;
	}
	if (reader->is_named)
		refuse(reader, "an argument without a name follows one with", "");
	return position;
}

/* Read one argument, up to the comma or parenthesis after it. */
static void
read_argument(CallReader *reader, int position)
{
	int			parameter = read_parameter(reader, position);
	int			most = reader->call->action == PATCH_UNREGISTER ?
		1 : PARAMETERS;
	PatchConstant constant;
	char	   *problem;

	reader->parameter = parameter;
	reader->line = psql_script_line(reader->script,
									reader->script->token.start);
	if (parameter < 0 || parameter >= most)
		refuse(reader, "there are too many arguments", "");
	else if (reader->is_given[parameter])
		refuse(reader, "given twice: ", parameters[parameter]);
	else
		reader->is_given[parameter] = true;

	problem = patch_constant_read(reader->script, &constant);
	if (problem != NULL && !reader->is_refused)
		complain(reader, "is not a plain constant: found ", problem);
	if (!constant.is_understood || reader->is_refused)
		;
	else if (parameter == PATCH_NAME)
		take_name(reader, &constant);
	else
		take_array(reader, &constant);
	pg_free(problem);
	patch_constant_free(&constant);
}

bool
patch_call_read(PsqlScript *script, PatchCall *call, ProblemList *problems)
{
	const SqlToken *token = &script->token;
	CallReader	reader;

	memset(&reader, 0, sizeof(reader));
	reader.script = script;
	reader.call = call;
	reader.problems = problems;

	psql_script_next(script);
	if (!sql_constant_is_symbol(token, ")"))
	{
		int			position = 0;

		read_argument(&reader, position++);
		while (sql_constant_is_symbol(token, ","))
		{
			psql_script_next(script);
			read_argument(&reader, position++);
		}
	}

	if (!sql_constant_is_symbol(token, ")"))
	{
		char	   *found = sql_constant_excerpt(token);

		refuse(&reader, "its parenthesis is not closed before ", found);
		pg_free(found);
	}
	else
		psql_script_next(script);

	if (!reader.is_given[PATCH_NAME])
		refuse(&reader, "there is no patch name", "");
	return !reader.is_refused && call->name != NULL;
}

bool
patch_call_conflicts(const PatchCall *call, const char *name)
{
	const SimpleStringListCell *cell;

	for (cell = call->conflicts.head; cell != NULL; cell = cell->next)
		if (strcmp(cell->val, name) == 0)
			return true;
	return false;
}

void
patch_call_free(PatchCall *call)
{
	pg_free(call->name);
	simple_string_list_destroy(&call->requirements);
	simple_string_list_destroy(&call->conflicts);
}
