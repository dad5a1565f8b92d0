/*-------------------------------------------------------------------------
 *
 * sql/constant.c
 *		What an identifier or a string constant means
 *
 * Takes the quotes off, undoes the escapes, joins the pieces of a string
 * that is continued on later lines.  Escapes that name a character by its
 * number are not read: what that is depends on the encoding.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/constant.h"

/* What an escape means, after its backslash; NUL: that is not known here. */
static char
escape_meaning(char c)
{
	static const char letters[] = "bfnrt";
	static const char meanings[] = "\b\f\n\r\t";
	const char *letter;

	if (c == '\0' || strchr("01234567xuU", c) != NULL)
		return '\0';
	letter = strchr(letters, c);
	return letter == NULL ? c : meanings[letter - letters];
}

/*
 * Append what stands between a quote, which has been passed, and the next
 * single one to "out".  Returns what follows, or NULL if there is an escape
 * that is not read.
 */
static const char *
decode_quoted(const SqlToken *token, const char *p, char quote, char **out)
{
	const char *end = token->start + token->length;

	while (p < end)
	{
		char		c = *p++;

		if (c == quote)
		{
			if (p >= end || *p != quote)
				break;
			p++;
		}
		else if (c == '\\' && token->spelling == SQL_UNICODE)
			return NULL;
		else if (c == '\\' && token->spelling == SQL_ESCAPES)
		{
			c = p < end ? escape_meaning(*p++) : '\0';
			if (c == '\0')
				return NULL;
		}
		*(*out)++ = c;
	}
	return p;
}

/* Decode a string or a quoted identifier with all its pieces. */
static bool
decode_pieces(const SqlToken *token, char **out)
{
	const char *end = token->start + token->length;
	char		quote = token->kind == SQL_IDENTIFIER ? '"' : '\'';
	const char *p = memchr(token->start, quote, token->length);

	for (p = p == NULL ? NULL : p + 1; p != NULL;)
	{
		p = decode_quoted(token, p, quote, out);
		if (p == NULL)
			return false;
		p = quote == '"' ? NULL : sql_lexer_continue(p, end);
	}
	return true;
}

char *
sql_constant_decode(const SqlToken *token)
{
	char	   *result = pg_malloc(token->length + 1);
	char	   *out = result;
	bool		is_known = true;
	size_t		tag;
	size_t		i;

	switch (token->spelling)
	{
		case SQL_BARE:
			for (i = 0; i < token->length; i++)
				*out++ = sql_lexer_fold(token->start[i]);
			break;
		case SQL_DOLLAR:
			tag = (const char *) memchr(token->start + 1, '$',
										token->length - 1) -
				token->start + 1;
			memcpy(result, token->start + tag, token->length - 2 * tag);
			out += token->length - 2 * tag;
			break;
		case SQL_PLAIN:
		case SQL_ESCAPES:
		case SQL_UNICODE:
			is_known = decode_pieces(token, &out);
			break;
	}
	*out = '\0';

	if (!is_known)
	{
		pg_free(result);
		return NULL;
	}
	return result;
}

bool
sql_constant_is(const SqlToken *token, const char *name)
{
	char	   *meaning;
	bool		result;

	if (token->kind != SQL_IDENTIFIER)
		return false;
	if (token->spelling == SQL_BARE)
		return sql_constant_is_keyword(token, name);
	meaning = sql_constant_decode(token);
	result = meaning != NULL && strcmp(meaning, name) == 0;
	pg_free(meaning);
	return result;
}

bool
sql_constant_is_off(const SqlToken *token)
{
	static const char *const words[] = {
		"off", "false", "f", "no", "n", "0", "none"
	};
	char	   *value;
	bool		result = false;
	size_t		i;

	if (token->kind == SQL_NUMBER)
		return token->length == 1 && *token->start == '0';
	if (token->kind != SQL_IDENTIFIER && token->kind != SQL_STRING)
		return false;
	value = sql_constant_decode(token);
	for (i = 0; value != NULL && i < lengthof(words); i++)
		result |= pg_strcasecmp(value, words[i]) == 0;
	pg_free(value);
	return result;
}

char *
sql_constant_excerpt(const SqlToken *token)
{
	const int	most = 40;
	int			length = (int) Min(token->length, (size_t) most);
	const char *line_end = memchr(token->start, '\n', length);

	if (token->kind == SQL_END || token->kind == SQL_SEND ||
		token->kind == SQL_DISCARD)
		return pg_strdup("the end of the statement");
	if (line_end != NULL)
		length = line_end - token->start;
	while (length > 0 && length < (int) token->length &&
		   (token->start[length] & 0xC0) == 0x80)
		length--;
	return psprintf("\"%.*s%s\"", length, token->start,
					length < (int) token->length ? "..." : "");
}

const char *
sql_constant_unterminated(const SqlToken *token)
{
	return *token->start == '/' ? "this comment has no end" :
		*token->start == '$' ? "this dollar quote has no end" :
		"this quote has no end";
}

bool
sql_constant_is_conflict_marker(const SqlToken *token)
{
	return token->kind == SQL_OPERATOR && token->length == 7 &&
		(memcmp(token->start, "<<<<<<<", 7) == 0 ||
		 memcmp(token->start, "=======", 7) == 0 ||
		 memcmp(token->start, ">>>>>>>", 7) == 0);
}
