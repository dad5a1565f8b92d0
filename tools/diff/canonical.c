/*-------------------------------------------------------------------------
 *
 * diff/canonical.c
 *		Definitions as they are printed after a dump was restored
 *
 * What the server prints of an expression means the same as what the user has
 * written, but there are three things that it reads in another way than it has
 * printed them.  Restoring a dump is enough to change these:
 *
 *		(ARRAY[a, b])::text[]		ARRAY[(a)::text, (b)::text]
 *		ARRAY[a, b]::text[]			ARRAY[a::text, b::text]
 *		(- 1)						'-1'::integer
 *
 * The first is what  x IN ('a', 'b')  is for a character varying, the second
 * is the same in a statistics object, and the third is  -1::integer.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "diff/canonical.h"
#include "pqexpbuffer.h"
#include "sql/constant.h"

/* A definition in tokens, of which the last is SQL_END */
typedef struct Tokens
{
	SqlToken   *items;
	int			count;
} Tokens;

static void append(PQExpBuffer out, const SqlToken *from, const SqlToken *to);

static bool
is(const SqlToken *token, const char *symbol)
{
	return sql_constant_is_symbol(token, symbol);
}

/* Take a definition apart. */
static Tokens
split(const char *definition)
{
	Tokens		tokens = {NULL, 0};
	SqlLexer	lexer;

	sql_lexer_init(&lexer, definition, strlen(definition));
	do
	{
		ARRAY_MAKE_ROOM(tokens.items, tokens.count);
		sql_lexer_next(&lexer, &tokens.items[tokens.count]);
	} while (tokens.items[tokens.count++].kind != SQL_END);
	return tokens;
}

/* The token that ends an element which begins here: a comma or a bracket. */
static const SqlToken *
end_of_element(const SqlToken *token)
{
	int			depth = 0;

	for (; token->kind != SQL_END; token++)
	{
		if (depth == 0 && (is(token, ",") || is(token, "]") || is(token, ")")))
			break;
		depth += is(token, "(") || is(token, "[") ? 1 :
			is(token, ")") || is(token, "]") ? -1 : 0;
	}
	return token;
}

/* The bracket that ends the array constructor that begins here, or NULL. */
static const SqlToken *
end_of_array(const SqlToken *token)
{
	if (!sql_constant_is_keyword(token, "array") || !is(token + 1, "["))
		return NULL;
	token++;
	do
		token = end_of_element(token + 1);
	while (is(token, ","));
	return is(token, "]") ? token : NULL;
}

/* The brackets that end the name of an array type, or NULL. */
static const SqlToken *
end_of_type(const SqlToken *token)
{
	while (token->kind == SQL_IDENTIFIER || is(token, "."))
		token++;
	if (is(token, "("))
		while (token->kind != SQL_END && !is(token++, ")"))
			;
	while (token->kind == SQL_IDENTIFIER)
		token++;
	return is(token, "[") && is(token + 1, "]") ? token : NULL;
}

/*
 * Append an array constructor whose elements, in brackets or not, are cast to
 * a type.
 */
static void
append_array(PQExpBuffer out, const SqlToken *array, bool has_brackets,
			 const char *type, int length)
{
	const SqlToken *token = array + 1;

	appendPQExpBufferStr(out, "ARRAY");
	do
	{
		const SqlToken *element = token + 1;

		appendPQExpBufferStr(out, is(token, ",") ? ", " : "[");
		token = end_of_element(element);
		if (end_of_array(element) == token - 1)
			append_array(out, element, has_brackets, type, length);
		else
		{
			appendPQExpBufferStr(out, has_brackets ? "(" : "");
			append(out, element, token);
			appendPQExpBuffer(out, "%s::%.*s", has_brackets ? ")" : "", length,
							  type);
		}
	} while (is(token, ","));
	appendPQExpBufferChar(out, ']');
}

/*
 * Append what a cast of an array becomes that begins here.  Returns what comes
 * after it, or NULL if there is none.
 */
static const SqlToken *
append_cast(PQExpBuffer out, const SqlToken *token)
{
	bool		has_brackets = is(token, "(");
	const SqlToken *array = has_brackets ? token + 1 : token;
	const SqlToken *end = end_of_array(array);
	const SqlToken *type = NULL;
	const SqlToken *brackets = NULL;

	if (end != NULL && end > array + 2 &&
		(!has_brackets || is(++end, ")")) && is(end + 1, "::"))
	{
		type = end + 2;
		brackets = end_of_type(type);
	}
	if (brackets == NULL)
		return NULL;
	append_array(out, array, has_brackets, type->start,
				 brackets->start - type->start);
	return brackets + 2;
}

/* The same for a negative number. */
static const SqlToken *
append_negative(PQExpBuffer out, const SqlToken *token)
{
	const SqlToken *number = token + 2;

	if (!is(token, "(") || !is(token + 1, "-") || number->kind != SQL_NUMBER ||
		!is(number + 1, ")"))
		return NULL;
	appendPQExpBuffer(out, "'-%.*s'::%s", (int) number->length, number->start,
					  strspn(number->start, "0123456789") == number->length ?
					  "integer" : "numeric");
	return number + 2;
}

/* Append what comes from one token up to another, with the space between. */
static void
append(PQExpBuffer out, const SqlToken *from, const SqlToken *to)
{
	while (from < to)
	{
		const SqlToken *next = append_cast(out, from);
		const char *end;

		if (next == NULL)
			next = append_negative(out, from);
		if (next == NULL)
		{
			next = from + 1;
			appendBinaryPQExpBuffer(out, from->start, from->length);
		}
		end = next[-1].start + next[-1].length;
		if (next < to)
			appendBinaryPQExpBuffer(out, end, next->start - end);
		from = next;
	}
}

char *
diff_canonical(const char *definition)
{
	PQExpBufferData out;
	Tokens		tokens;

	if (strstr(definition, "ARRAY[") == NULL &&
		strstr(definition, "(- ") == NULL)
		return NULL;
	tokens = split(definition);
	initPQExpBuffer(&out);
	appendBinaryPQExpBuffer(&out, definition,
							tokens.items->start - definition);
	append(&out, tokens.items, tokens.items + tokens.count - 1);
	pg_free(tokens.items);
	return out.data;
}
