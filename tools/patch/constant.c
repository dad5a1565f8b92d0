/*-------------------------------------------------------------------------
 *
 * patch/constant.c
 *		Constant expressions: text, arrays of text, NULL
 *
 * Reads what an argument of register_patch may look like without anything
 * to be computed:
 *
 *	value:	( value ) | CAST ( value AS type ) | value :: type
 *			| value COLLATE collation | string | type string | NULL
 *			| ARRAY [ value, ... ]
 *
 * Parentheses and casts may be nested as deep as memory allows: what is open
 * is kept in a string of '(' and 'C', not on the stack.  An array within an
 * array is refused, so that elements take one more level, no matter what.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/constant.h"
#include "sql/array.h"
#include "sql/constant.h"

/* What is being read */
typedef struct ConstantReader
{
	PsqlScript *script;
	SqlToken   *token;
	bool		in_array;
	char	   *problem;		/* the first one */
} ConstantReader;

/* The parentheses and CASTs that are open */
typedef struct Openings
{
	char	   *kinds;			/* '(' or 'C' */
	size_t		count;
	size_t		space;
} Openings;

static bool read_value(ConstantReader *reader, PatchConstant *constant);

static void
advance(ConstantReader *reader)
{
	psql_script_next(reader->script, reader->token);
}

static bool
at_symbol(ConstantReader *reader, const char *symbol)
{
	return sql_constant_is_symbol(reader->token, symbol);
}

static bool
at_keyword(ConstantReader *reader, const char *word)
{
	return sql_constant_is_keyword(reader->token, word);
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
	char	   *found = sql_constant_excerpt(reader->token);

	if (reader->problem != NULL)
		;
	else if (reader->token->kind == SQL_IDENTIFIER &&
			 reader->token->spelling != SQL_BARE)
		reader->problem = psprintf("%s: use single quotes", found);
	else
		reader->problem = pg_strdup(found);
	pg_free(found);
	return false;
}

/* Can no argument go on here? */
static bool
at_end(ConstantReader *reader)
{
	SqlTokenKind kind = reader->token->kind;

	return kind == SQL_END || kind == SQL_SEND || kind == SQL_DISCARD ||
		kind == SQL_UNTERMINATED || at_symbol(reader, ";");
}

/* Is a value over here? */
static bool
at_end_of_value(ConstantReader *reader)
{
	return at_symbol(reader, ",") ||
		at_symbol(reader, reader->in_array ? "]" : ")");
}

/*
 * Pass the rest of an argument or element, with so many parentheses open: up
 * to a comma, or the parenthesis or bracket that belongs to someone else.
 */
static void
pass_rest(ConstantReader *reader, size_t depth)
{
	while (!at_end(reader))
	{
		if (at_symbol(reader, "(") || at_symbol(reader, "["))
			depth++;
		else if (at_symbol(reader, ")") || at_symbol(reader, "]"))
		{
			if (depth == 0)
				return;
			depth--;
		}
		else if (depth == 0 && at_symbol(reader, ","))
			return;
		advance(reader);
	}
}

const char *
patch_constant_to_array(PatchConstant *constant)
{
	constant->kind = CONSTANT_ARRAY;
	return sql_array_read(constant->text, &constant->elements,
						  &constant->nulls);
}

void
patch_constant_free(PatchConstant *constant)
{
	pg_free(constant->text);
	simple_string_list_destroy(&constant->elements);
	memset(constant, 0, sizeof(*constant));
}

/* Is an current identifier that means this, however it is spelled? */
static bool
at_name(ConstantReader *reader, const char *name)
{
	return sql_constant_is(reader->token, name);
}

/* Read "[ 3 ]", the number being optional, as often as it is there. */
static bool
read_brackets(ConstantReader *reader)
{
	while (at_symbol(reader, "["))
	{
		advance(reader);
		if (reader->token->kind == SQL_NUMBER)
			advance(reader);
		if (!at_symbol(reader, "]"))
			return fail_here(reader);
		advance(reader);
	}
	return true;
}

/*
 * Read the name of a type that leaves a string as it is, or of an array of
 * that.  "brackets" tells whether it is spelled as one, as in text[].
 */
static bool
read_type(ConstantReader *reader, bool *is_array, bool *brackets)
{
	if (at_name(reader, "pg_catalog"))
	{
		advance(reader);
		if (!at_symbol(reader, "."))
			return fail_here(reader);
		advance(reader);
	}
	*is_array = at_name(reader, "_text") || at_name(reader, "_varchar");
	if (at_keyword(reader, "character"))
	{
		advance(reader);
		if (!at_keyword(reader, "varying"))
			return fail(reader, "a cast to a type with a length");
	}
	else if (!*is_array && !at_name(reader, "text") &&
			 !at_name(reader, "varchar") && !at_name(reader, "citext"))
		return fail_here(reader);
	advance(reader);
	if (at_symbol(reader, "("))
		return fail(reader, "a cast to a type with a length");

	*brackets = at_keyword(reader, "array") || at_symbol(reader, "[");
	*is_array |= *brackets;
	if (at_keyword(reader, "array"))
		advance(reader);
	return read_brackets(reader);
}

/* Cast the constant, to an array or not; returns whether that can be done. */
static bool
cast(ConstantReader *reader, PatchConstant *constant, bool to_array)
{
	const char *problem = NULL;

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

/* Read a type and cast the constant to it. */
static bool
read_cast(ConstantReader *reader, PatchConstant *constant)
{
	bool		is_array;
	bool		brackets;

	return read_type(reader, &is_array, &brackets) &&
		cast(reader, constant, is_array);
}

/* Read a string. */
static bool
read_string(ConstantReader *reader, PatchConstant *constant)
{
	if (reader->token->kind != SQL_STRING)
		return fail_here(reader);
	constant->kind = CONSTANT_UNTYPED;
	constant->text = sql_constant_decode(reader->token);
	if (constant->text == NULL)
		return fail_here(reader);
	advance(reader);
	return true;
}

/*
 * Read ARRAY[...] after its key word.  An element that is not understood is
 * left out and noted; the others are taken.
 */
static bool
read_array(ConstantReader *reader, PatchConstant *array)
{
	PatchConstant element;
	bool		is_first = true;

	if (reader->in_array)
		return fail(reader, "an array in an array");
	if (!at_symbol(reader, "["))
		return fail_here(reader);
	array->kind = CONSTANT_ARRAY;

	reader->in_array = true;
	do
	{
		advance(reader);
		if (is_first && at_symbol(reader, "]"))
		{
			array->lacks_type = true;
			break;
		}
		is_first = false;

		memset(&element, 0, sizeof(element));
		if (read_value(reader, &element))
		{
			if (element.kind == CONSTANT_NULL)
				array->nulls++;
			else if (element.kind == CONSTANT_ARRAY)
				fail(reader, "an array in an array");
			else
				simple_string_list_append(&array->elements, element.text);
		}
		patch_constant_free(&element);
	} while (at_symbol(reader, ","));
	reader->in_array = false;

	if (!at_symbol(reader, "]"))
		return fail_here(reader);
	advance(reader);
	return true;
}

/* Read what casts and parentheses may be put around. */
static bool
read_primary(ConstantReader *reader, PatchConstant *constant)
{
	bool		is_array;
	bool		brackets;

	if (reader->token->kind == SQL_STRING)
		return read_string(reader, constant);
	if (at_keyword(reader, "null"))
	{
		constant->kind = CONSTANT_NULL;
		advance(reader);
		return true;
	}
	if (at_keyword(reader, "array"))
	{
		advance(reader);
		return read_array(reader, constant);
	}
	if (reader->token->kind != SQL_IDENTIFIER ||
		!read_type(reader, &is_array, &brackets) || brackets ||
		!read_string(reader, constant))
		return fail_here(reader);
	return cast(reader, constant, is_array);
}

/* Note one more that is open. */
static void
push_opening(Openings *open, char kind)
{
	if (open->count == open->space)
	{
		open->space = Max(16, 2 * open->space);
		open->kinds = pg_realloc(open->kinds, open->space);
	}
	open->kinds[open->count++] = kind;
}

/* Read the parentheses and CASTs before a value, noting them in "open". */
static bool
read_openings(ConstantReader *reader, Openings *open)
{
	for (;;)
	{
		if (at_symbol(reader, "("))
			push_opening(open, '(');
		else if (at_keyword(reader, "cast"))
		{
			advance(reader);
			if (!at_symbol(reader, "("))
				return fail_here(reader);
			push_opening(open, 'C');
		}
		else
			return true;
		advance(reader);
	}
}

/* Read the name of a collation, which changes no value, with its schema. */
static bool
read_collation(ConstantReader *reader)
{
	do
	{
		advance(reader);
		if (reader->token->kind != SQL_IDENTIFIER)
			return fail_here(reader);
		advance(reader);
	} while (at_symbol(reader, "."));
	return true;
}

/* Read the casts and closing parentheses after a value. */
static bool
read_closings(ConstantReader *reader, PatchConstant *constant,
			  Openings *open)
{
	for (;;)
	{
		char		innermost = open->count > 0 ?
			open->kinds[open->count - 1] : '\0';

		if (at_symbol(reader, "::"))
		{
			advance(reader);
			if (!read_cast(reader, constant))
				return false;
			continue;
		}
		if (at_keyword(reader, "collate"))
		{
			if (!read_collation(reader))
				return false;
			continue;
		}
		if (innermost == 'C' && at_keyword(reader, "as"))
		{
			advance(reader);
			if (!read_cast(reader, constant))
				return false;
			innermost = '(';
		}
		if (innermost != '(' || !at_symbol(reader, ")"))
			break;
		open->count--;
		advance(reader);
	}
	return (open->count == 0 && at_end_of_value(reader)) || fail_here(reader);
}

/*
 * Read a value, up to what ends it.  Returns whether it is understood; if
 * not, it is passed nevertheless.
 */
static bool
read_value(ConstantReader *reader, PatchConstant *constant)
{
	Openings	open = {NULL, 0, 0};
	bool		is_understood;

	is_understood = read_openings(reader, &open) &&
		read_primary(reader, constant) &&
		read_closings(reader, constant, &open);
	if (!is_understood)
		pass_rest(reader, open.count);
	pg_free(open.kinds);
	return is_understood;
}

char *
patch_constant_read(PsqlScript *script, SqlToken *token,
					PatchConstant *constant)
{
	ConstantReader reader = {script, token, false, NULL};

	memset(constant, 0, sizeof(*constant));
	constant->is_understood = read_value(&reader, constant);
	if (constant->is_understood && constant->lacks_type)
		constant->is_understood = fail(&reader, "ARRAY[] without a type");
	return reader.problem;
}
