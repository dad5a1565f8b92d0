/*-------------------------------------------------------------------------
 *
 * patch/constant.c
 *		Plain constants: text, arrays of text, NULL
 *
 * Reads what people write as an argument of register_patch:
 *
 *	value:	string | NULL | ARRAY [ value, ... ] | value :: type
 *
 * with the types text and varchar, and arrays of them.  A string that stands
 * for an array is one of one dimension, without bounds and backslashes.  Any
 * other way to write a constant is told of, as is what has to be computed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/constant.h"
#include "sql/constant.h"

static const char *const malformed = "malformed array literal";

/* What is being read */
typedef struct ConstantReader
{
	PsqlScript *script;
	bool		in_array;
	char	   *problem;		/* the first one */
} ConstantReader;

static bool
at_symbol(const ConstantReader *reader, const char *symbol)
{
	return sql_constant_is_symbol(&reader->script->token, symbol);
}

/* Pass this symbol, if it is the current token. */
static bool
accept_symbol(ConstantReader *reader, const char *symbol)
{
	if (!at_symbol(reader, symbol))
		return false;
	psql_script_next(reader->script);
	return true;
}

/* Pass this identifier, however it is spelled, if it is the current token. */
static bool
accept_name(ConstantReader *reader, const char *name)
{
	if (!sql_constant_is(&reader->script->token, name))
		return false;
	psql_script_next(reader->script);
	return true;
}

/* This is not understood, because of "problem".  Returns false. */
static bool
fail(ConstantReader *reader, const char *problem)
{
	if (reader->problem == NULL)
		reader->problem = pg_strdup(problem);
	return false;
}

/* This is not understood, because of the current token.  Returns false. */
static bool
fail_here(ConstantReader *reader)
{
	const SqlToken *token = &reader->script->token;
	char	   *found = sql_constant_excerpt(token);
	char	   *text = psprintf("%s%s", found,
								token->kind == SQL_IDENTIFIER &&
								token->spelling != SQL_BARE ?
								": use single quotes" :
								token->kind == SQL_STRING &&
								(token->spelling == SQL_ESCAPES ||
								 token->spelling == SQL_UNICODE) ?
								": write it without numbered escapes" : "");

	fail(reader, text);
	pg_free(text);
	pg_free(found);
	return false;
}

/*
 * Pass the rest of an argument or element: up to a comma, or the parenthesis
 * or bracket that belongs to someone else.
 */
static void
pass_rest(ConstantReader *reader)
{
	size_t		depth = 0;

	while (!psql_script_at_end(reader->script))
	{
		if (at_symbol(reader, "(") || at_symbol(reader, "["))
			depth++;
		else if (depth == 0 && (at_symbol(reader, ",") ||
								at_symbol(reader, ")") ||
								at_symbol(reader, "]")))
			return;
		else if (at_symbol(reader, ")") || at_symbol(reader, "]"))
			depth--;
		psql_script_next(reader->script);
	}
}

/* White space, as array_in has it */
#define SPACES " \t\n\v\f\r"

/*
 * Read the element at p: "value" is what is in it, to be freed by the caller.
 * Returns what follows, or NULL if it is malformed.
 */
static const char *
read_literal_element(const char *p, char **value, bool *is_null)
{
	bool		is_quoted = *p == '"';
	size_t		length;

	*is_null = false;
	if (is_quoted)
		p++;
	length = strcspn(p, is_quoted ? "\"" : ",{}\"");
	*value = pnstrdup(p, length);
	p += length;
	if (is_quoted)
		return *p == '"' ? p + 1 : NULL;

	while (length > 0 && sql_lexer_is_space((*value)[length - 1]))
		(*value)[--length] = '\0';
	*is_null = pg_strcasecmp(*value, "null") == 0;
	return length > 0 ? p : NULL;
}

/*
 * Read the text form of an array, such as {a, "b c"}: append its elements to
 * the list, and count the NULL ones, which are not appended.  Returns NULL if
 * all is well, else what is wrong.
 */
static const char *
read_array_literal(const char *literal, SimpleStringList *elements,
				   int *nulls)
{
	const char *p = literal + strspn(literal, SPACES);
	bool		is_first = true;

	*nulls = 0;
	if (*p == '[')
		return "array literal with bounds";
	if (strchr(p, '\\') != NULL)
		return "array literal with a backslash: write ARRAY[...]";
	if (*p != '{')
		return malformed;
	do
	{
		char	   *value;
		bool		is_null;

		p++;
		p += strspn(p, SPACES);
		if (*p == '}' && is_first)
			break;
		if (*p == '{')
			return "array of more than one dimension";
		is_first = false;
		p = read_literal_element(p, &value, &is_null);
		if (is_null)
			(*nulls)++;
		else if (p != NULL)
			simple_string_list_append(elements, value);
		pg_free(value);
		if (p == NULL)
			return malformed;
		p += strspn(p, SPACES);
	} while (*p == ',');

	return *p != '}' || p[1 + strspn(p + 1, SPACES)] != '\0' ?
		malformed : NULL;
}

const char *
patch_constant_to_array(PatchConstant *constant)
{
	constant->kind = CONSTANT_ARRAY;
	return read_array_literal(constant->text, &constant->elements,
						  &constant->nulls);
}

void
patch_constant_free(PatchConstant *constant)
{
	pg_free(constant->text);
	simple_string_list_destroy(&constant->elements);
	memset(constant, 0, sizeof(*constant));
}

/* Read the name of a type that leaves a string as it is, maybe an array. */
static bool
read_type(ConstantReader *reader, bool *is_array)
{
	if (accept_name(reader, "character"))
	{
		if (!accept_name(reader, "varying"))
			return fail(reader, "a cast to a type with a length");
	}
	else if (!accept_name(reader, "text") && !accept_name(reader, "varchar"))
		return fail_here(reader);
	if (at_symbol(reader, "("))
		return fail(reader, "a cast to a type with a length");

	*is_array = accept_symbol(reader, "[");
	if (*is_array && reader->script->token.kind == SQL_NUMBER)
		psql_script_next(reader->script);
	return !*is_array || accept_symbol(reader, "]") || fail_here(reader);
}

/* Read a type, and cast the constant to it. */
static bool
read_cast(ConstantReader *reader, PatchConstant *constant)
{
	const char *problem = NULL;
	bool		to_array = false;

	if (!read_type(reader, &to_array))
		return false;
	if (constant->kind == CONSTANT_NULL)
		return true;
	constant->lacks_type = false;
	if (!to_array && constant->kind == CONSTANT_ARRAY)
		return fail(reader, "an array cast to a string");
	if (!to_array)
		constant->kind = CONSTANT_TEXT;
	else if (constant->kind != CONSTANT_ARRAY)
		problem = patch_constant_to_array(constant);
	return problem == NULL || fail(reader, problem);
}

/* Read what casts may follow, but for arrays. */
static bool
read_simple(ConstantReader *reader, PatchConstant *constant)
{
	const SqlToken *token = &reader->script->token;

	if (sql_constant_is_keyword(token, "null"))
		constant->kind = CONSTANT_NULL;
	else if (token->kind == SQL_STRING &&
			 (constant->text = sql_constant_decode(token)) != NULL)
		constant->kind = CONSTANT_UNTYPED;
	else
		return fail_here(reader);
	psql_script_next(reader->script);
	return true;
}

/* Read the casts after a value, which must be over then. */
static bool
read_casts(ConstantReader *reader, PatchConstant *constant)
{
	while (accept_symbol(reader, "::"))
		if (!read_cast(reader, constant))
			return false;
	return at_symbol(reader, ",") ||
		at_symbol(reader, reader->in_array ? "]" : ")") || fail_here(reader);
}

/* Read an element, and put it into the array if it is understood. */
static void
read_element(ConstantReader *reader, PatchConstant *array)
{
	PatchConstant element = {0};

	if (!read_simple(reader, &element) || !read_casts(reader, &element))
		pass_rest(reader);
	else if (element.kind == CONSTANT_NULL)
		array->nulls++;
	else if (element.kind == CONSTANT_ARRAY)
		fail(reader, "an array in an array");
	else
		simple_string_list_append(&array->elements, element.text);
	patch_constant_free(&element);
}

/* Read ARRAY[...] after its key word. */
static bool
read_array(ConstantReader *reader, PatchConstant *array)
{
	array->kind = CONSTANT_ARRAY;
	if (!accept_symbol(reader, "["))
		return fail_here(reader);
	array->lacks_type = at_symbol(reader, "]");
	reader->in_array = true;
	if (!array->lacks_type)
		do
			read_element(reader, array);
		while (accept_symbol(reader, ","));
	reader->in_array = false;
	return accept_symbol(reader, "]") || fail_here(reader);
}

char *
patch_constant_read(PsqlScript *script, PatchConstant *constant)
{
	ConstantReader reader = {script, false, NULL};

	memset(constant, 0, sizeof(*constant));
	constant->is_understood = (accept_name(&reader, "array") ?
							   read_array(&reader, constant) :
							   read_simple(&reader, constant)) &&
		read_casts(&reader, constant);
	if (!constant->is_understood)
		pass_rest(&reader);
	else if (constant->lacks_type)
		constant->is_understood = fail(&reader, "ARRAY[] without a type");
	return reader.problem;
}
