/*-------------------------------------------------------------------------
 *
 * psql/argument.c
 *		The arguments of psql's meta-commands
 *
 * An argument ends at white space.  Single quotes in it are taken away, with
 * escapes in between as in C; double quotes stay.  Variables and programs in
 * backquotes stand for what cannot be known here, and nobody writes escapes
 * that are numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "lib/stringinfo.h"
#include "psql/argument.h"

/*
 * Append what an escape means, whose backslash has been passed.  Returns what
 * follows, and whether that is known: not if it is a number.
 */
static const char *
read_escape(const char *p, StringInfo value, bool *is_known)
{
	static const char letters[] = "ntbrf";
	static const char meanings[] = "\n\t\b\r\f";
	const char *letter = *p == '\0' ? NULL : strchr(letters, *p);

	*is_known &= *p != 'x' && !(*p >= '0' && *p <= '7');
	appendStringInfoChar(value, letter == NULL ? *p :
						 meanings[letter - letters]);
	return p + 1;
}

/* Read a text in single quotes, the first of which has been passed. */
static const char *
read_quoted(const char *p, const char *end, StringInfo value, bool *is_known)
{
	while (p < end)
	{
		if (*p == '\\' && end - p > 1)
			p = read_escape(p + 1, value, is_known);
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
			p = read_quoted(p + 1, end, &text, &is_constant);
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

bool
psql_argument_is_given(const PsqlCommand *command)
{
	size_t		i = 0;

	while (i < command->length && sql_lexer_is_space(command->arguments[i]))
		i++;
	return i < command->length;
}

char *
psql_argument_file(const PsqlCommand *command)
{
	PsqlCommand rest = *command;
	char	   *value;
	size_t		length;

	if (command->file != NULL)
	{
		rest.arguments = command->file;
		rest.length -= command->file - command->arguments;
	}
	if (!psql_argument_next(&rest, &value) || value == NULL)
		return NULL;
	for (length = strlen(value); length > 0 && value[length - 1] == ';';)
		value[--length] = '\0';
	return value;
}

/* Is "word" an abbreviation of "full" of at least "least" characters? */
static bool
abbreviates(const char *word, const char *full, size_t least)
{
	size_t		length = strlen(word);

	return length >= least && length <= strlen(full) &&
		pg_strncasecmp(word, full, length) == 0;
}

bool
psql_argument_is_off(const char *value)
{
	return abbreviates(value, "false", 1) || abbreviates(value, "no", 1) ||
		abbreviates(value, "off", 2) || abbreviates(value, "0", 1);
}

PsqlCondition
psql_argument_condition(const PsqlCommand *command)
{
	PsqlCommand rest = *command;
	PsqlCondition result;
	char	   *value;
	char	   *other = NULL;

	if (!psql_argument_next(&rest, &value))
		return PSQL_FALSE;
	if (value == NULL)
		return PSQL_DEPENDS;
	result = !psql_argument_next(&rest, &other) &&
		(abbreviates(value, "true", 1) || abbreviates(value, "yes", 1) ||
		 abbreviates(value, "on", 2) || abbreviates(value, "1", 1)) ?
		PSQL_TRUE : PSQL_FALSE;
	pg_free(value);
	pg_free(other);
	return result;
}
