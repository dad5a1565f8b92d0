/*-------------------------------------------------------------------------
 *
 * sql/array.c
 *		The text form of a PostgreSQL array of text
 *
 * '{a, "b c", d\,e}', by the rules of array_in, for arrays of one dimension
 * without bounds before it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/array.h"
#include "sql/lexer.h"

static const char *const malformed = "malformed array literal";
static const char *const too_deep = "array of more than one dimension";

static const char *
skip_spaces(const char *p)
{
	while (sql_lexer_is_space(*p))
		p++;
	return p;
}

/*
 * Read an element that is in quotes, the first of which is at p, into "out";
 * returns what follows, or NULL.
 */
static const char *
read_quoted(const char *p, char *out)
{
	for (p++; *p != '"'; p++)
	{
		if (*p == '\\')
			p++;
		if (*p == '\0')
			return NULL;
		*out++ = *p;
	}
	*out = '\0';
	return p + 1;
}

/*
 * Read an element without quotes into "out"; returns what follows, or NULL.
 * White space after it is not part of it unless a backslash stands before.
 */
static const char *
read_bare(const char *p, char *out, bool *is_null)
{
	char	   *start = out;
	char	   *kept = out;
	bool		has_backslash = false;

	for (; *p != ',' && *p != '}'; p++)
	{
		bool		is_escaped = *p == '\\';

		if (is_escaped)
		{
			has_backslash = true;
			p++;
		}
		else if (*p == '"' || *p == '{')
			return NULL;
		if (*p == '\0')
			return NULL;
		*out++ = *p;
		if (is_escaped || !sql_lexer_is_space(*p))
			kept = out;
	}
	*kept = '\0';
	*is_null = !has_backslash && pg_strcasecmp(start, "null") == 0;
	return kept == start ? NULL : p;
}

const char *
sql_array_read(const char *literal, SimpleStringList *elements,
			   int *nulls)
{
	const char *p = skip_spaces(literal);
	char	   *element;

	*nulls = 0;
	if (*p == '[')
		return "array literal with bounds";
	if (*p != '{')
		return malformed;

	p = skip_spaces(p + 1);
	element = pg_malloc(strlen(p) + 1);
	if (*p != '}')
	{
		for (;;)
		{
			bool		is_null = false;

			p = skip_spaces(p);
			if (*p == '{')
			{
				pg_free(element);
				return too_deep;
			}
			if (*p == '"')
				p = read_quoted(p, element);
			else
				p = read_bare(p, element, &is_null);
			if (p == NULL)
				break;
			p = skip_spaces(p);
			if (*p != ',' && *p != '}')
				break;

			if (is_null)
				(*nulls)++;
			else
				simple_string_list_append(elements, element);
			if (*p == '}')
				break;
			p++;
		}
	}
	pg_free(element);

	return p == NULL || *p != '}' || *skip_spaces(p + 1) != '\0' ?
		malformed : NULL;
}
