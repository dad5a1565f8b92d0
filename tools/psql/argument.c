/*-------------------------------------------------------------------------
 *
 * psql/argument.c
 *		The arguments of psql's meta-commands
 *
 * An argument ends at white space.  Single quotes in it are taken away, with
 * escapes in between as in C; double quotes stay.  Variables and programs in
 * backquotes stand for what cannot be known here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "lib/stringinfo.h"
#include "psql/argument.h"

/* Is it a digit of a number to that base? */
static bool
is_digit(char c, int base)
{
	if (base == 8)
		return c >= '0' && c <= '7';
	return (c >= '0' && c <= '9') ||
		(sql_lexer_fold(c) >= 'a' && sql_lexer_fold(c) <= 'f');
}

/* Read a character given by its number, of so many digits at most. */
static const char *
read_number(const char *p, const char *end, int base, int digits,
			StringInfo value)
{
	int			number = 0;

	for (; digits > 0 && p < end && is_digit(*p, base); p++, digits--)
		number = number * base +
			(*p <= '9' ? *p - '0' : sql_lexer_fold(*p) - 'a' + 10);
	appendStringInfoChar(value, (char) number);
	return p;
}

/* Read an escape, whose backslash has been passed. */
static const char *
read_escape(const char *p, const char *end, StringInfo value)
{
	static const char letters[] = "ntbrf";
	static const char meanings[] = "\n\t\b\r\f";
	const char *letter;

	if (is_digit(*p, 8))
		return read_number(p, end, 8, 3, value);
	if (*p == 'x' && end - p > 1 && is_digit(p[1], 16))
		return read_number(p + 1, end, 16, 2, value);
	letter = *p == '\0' ? NULL : strchr(letters, *p);
	appendStringInfoChar(value, letter == NULL ? *p :
						 meanings[letter - letters]);
	return p + 1;
}

/* Read a text in single quotes, the first of which has been passed. */
static const char *
read_quoted(const char *p, const char *end, StringInfo value)
{
	while (p < end)
	{
		if (*p == '\\' && end - p > 1)
			p = read_escape(p + 1, end, value);
		else if (*p != '\'')
			appendStringInfoChar(value, *p++);
		else if (end - p > 1 && p[1] == '\'')
		{
			appendStringInfoChar(value, '\'');
			p += 2;
		}
		else
			return p + 1;
	}
	return p;
}

/* Does a reference to a variable begin with the colon at p? */
static bool
is_variable(const char *p, const char *end)
{
	char		c = end - p > 1 ? sql_lexer_fold(p[1]) : '\0';

	return c == '\'' || c == '"' || c == '{' || c == '_' ||
		(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(unsigned char) c >= 0x80;
}

bool
psql_argument_next(PsqlCommand *rest, char **value)
{
	const char *p = rest->arguments;
	const char *end = p + rest->length;
	bool		is_constant = true;
	char		quote = '\0';
	StringInfoData text;

	*value = NULL;
	while (p < end && sql_lexer_is_space(*p))
		p++;
	if (p == end)
		return false;

	initStringInfo(&text);
	while (p < end && (quote != '\0' || !sql_lexer_is_space(*p)))
	{
		if (quote == '\0' && *p == '\'')
		{
			p = read_quoted(p + 1, end, &text);
			continue;
		}
		if (quote == '\0' && (*p == '`' || *p == ':'))
			is_constant &= *p == ':' && !is_variable(p, end);
		if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '`'))
			quote = *p;
		appendStringInfoChar(&text, *p++);
	}
	rest->length = end - p;
	rest->arguments = p;

	if (is_constant)
		*value = text.data;
	else
		pfree(text.data);
	return true;
}

char *
psql_argument_file(const PsqlCommand *command)
{
	PsqlCommand rest = *command;
	char	   *value;
	size_t		length;

	if (!psql_argument_next(&rest, &value) || value == NULL)
		return NULL;
	for (length = strlen(value); length > 0 && value[length - 1] == ';';)
		value[--length] = '\0';
	return value;
}

bool
psql_argument_is_off(const char *value)
{
	static const char *const words[] = {"false", "no", "off", "0"};
	size_t		length = strlen(value);
	size_t		i;

	/* An abbreviation must not be one of "on", too */
	if (length == 1 && sql_lexer_fold(*value) == 'o')
		return false;
	for (i = 0; length > 0 && i < lengthof(words); i++)
		if (length <= strlen(words[i]) &&
			pg_strncasecmp(value, words[i], length) == 0)
			return true;
	return false;
}
