/*-------------------------------------------------------------------------
 *
 * sql/array.c
 *		The text form of a PostgreSQL array of text
 *
 * '{a, "b c"}', by the rules of array_in, for what people write by hand:
 * arrays of one dimension without bounds before it or backslashes in it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/array.h"
#include "sql/lexer.h"

static const char *const malformed = "malformed array literal";

/* White space, as array_in has it */
#define SPACES " \t\n\v\f\r"

/*
 * Read the element at p: "value" is what is in it, to be freed by the caller.
 * Returns what follows, or NULL if it is malformed.
 */
static const char *
read_element(const char *p, char **value, bool *is_null)
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

const char *
sql_array_read(const char *literal, SimpleStringList *elements,
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
		p = read_element(p, &value, &is_null);
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
