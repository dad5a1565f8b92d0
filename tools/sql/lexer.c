/*-------------------------------------------------------------------------
 *
 * sql/lexer.c
 *		PostgreSQL's lexical rules
 *
 * Cuts a text into the tokens that the server's scan.l (and, for a script,
 * psql's psqlscan.l) would see.  Tokens are pointers into the text: nothing
 * is copied, decoded or counted here, so that the megabytes that stand
 * before an interesting place are passed quickly, and no input, however
 * deeply nested, needs more than one stack frame.
 *
 * All supported versions of PostgreSQL agree on these rules but for details
 * of malformed numbers, which nothing here depends on.  libpgfeutils has
 * psql's own scanner, but that hands out whole queries, not their tokens.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/lexer.h"

/*
 * Character classes, all ASCII only, as in the scanner.  Bytes above 127
 * belong to identifiers whatever the encoding.
 */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_identifier_start(char c)
{
	char		folded = sql_lexer_fold(c);

	return (folded >= 'a' && folded <= 'z') || c == '_' ||
		(unsigned char) c >= 0x80;
}

static bool
is_identifier_part(char c)
{
	return is_identifier_start(c) || is_digit(c) || c == '$';
}

static bool
is_operator(char c)
{
	return c != '\0' && strchr("~!@#^&|`?+-*/%<>=", c) != NULL;
}

/* The character at p + offset, or NUL past the end. */
static char
peek(const char *p, const char *end, size_t offset)
{
	return (size_t) (end - p) > offset ? p[offset] : '\0';
}

/* The end of the line that p is on: its newline, or the end of the text. */
static const char *
end_line(const char *p, const char *end)
{
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	return p;
}

/* The end of the nested comment that begins at p, or NULL if it has none. */
static const char *
end_comment(const char *p, const char *end)
{
	size_t		depth = 0;

	while (end - p >= 2)
	{
		if (p[0] == '/' && p[1] == '*')
		{
			depth++;
			p += 2;
		}
		else if (p[0] == '*' && p[1] == '/')
		{
			p += 2;
			if (--depth == 0)
				return p;
		}
		else
			p++;
	}
	return NULL;
}

/*
 * The end of a quoted text whose opening quote has been passed: after the
 * closing quote, or NULL if there is none.
 */
static const char *
end_quote(const char *p, const char *end, char quote, bool backslashes)
{
	for (;;)
	{
		if (!backslashes)
		{
			p = memchr(p, quote, end - p);
			if (p == NULL)
				return NULL;
		}
		else
		{
			while (p < end && *p != quote)
				p += *p == '\\' ? 2 : 1;
			if (p >= end)
				return NULL;
		}
		if (end - p < 2 || p[1] != quote)
			return p + 1;
		p += 2;
	}
}

/*
 * If a string that has been closed before p goes on on a later line, return
 * the place after its next opening quote, else NULL.
 */
const char *
sql_lexer_continue(const char *p, const char *end)
{
	bool		on_a_later_line = false;

	while (p < end)
	{
		if (sql_lexer_is_space(*p))
		{
			on_a_later_line |= *p == '\n' || *p == '\r';
			p++;
		}
		else if (*p == '-' && p + 1 < end && p[1] == '-')
			p = end_line(p, end);
		else
			break;
	}
	return on_a_later_line && p < end && *p == '\'' ? p + 1 : NULL;
}

/*
 * The end of a dollar quote whose opening tag, dollars included, is at "tag"
 * and so long, or NULL if the same tag does not stand there again.
 */
static const char *
end_dollar(const char *tag, size_t length, const char *end)
{
	const char *p = tag + length;

	while ((p = memchr(p, '$', end - p)) != NULL)
	{
		if ((size_t) (end - p) >= length && memcmp(p, tag, length) == 0)
			return p + length;
		p++;
	}
	return NULL;
}

/*
 * Pass white space, comments (as far as they are not wanted) and the lines
 * that psql has read already.  Returns the beginning of a comment that has no
 * end, else NULL.
 */
static const char *
skip_blanks(SqlLexer *lexer)
{
	const char *end = lexer->end;
	const char *p = lexer->cursor;
	const char *unterminated = NULL;

	for (;;)
	{
		if (lexer->splice != NULL && p >= lexer->splice)
		{
			p = Max(p, lexer->resume);
			lexer->splice = NULL;
		}
		if (p >= end)
			break;
		if (sql_lexer_is_space(*p))
			p++;
		else if (*p == '-' && peek(p, end, 1) == '-')
		{
			if (lexer->keeps_comments)
				break;
			p = end_line(p, end);
		}
		else if (*p == '/' && peek(p, end, 1) == '*')
		{
			const char *after = end_comment(p, end);

			if (after != NULL && lexer->keeps_comments)
				break;
			if (after == NULL)
			{
				unterminated = p;
				p = end;
				break;
			}
			p = after;
		}
		else
			break;
	}
	lexer->cursor = Min(p, end);
	return unterminated;
}

/* End the token at p; NULL means that it has no end. */
static void
finish(SqlLexer *lexer, SqlToken *token, const char *p)
{
	if (p == NULL || p > lexer->end)
	{
		token->kind = SQL_UNTERMINATED;
		p = lexer->end;
	}
	token->length = p - token->start;
	lexer->cursor = p;
}

/* Read a string in single quotes, the first of which is at "quote". */
static void
read_string(SqlLexer *lexer, SqlToken *token, SqlSpelling spelling,
			const char *quote)
{
	const char *p = quote + 1;
	const char *closed;

	token->kind = SQL_STRING;
	token->spelling = spelling;
	do
	{
		closed = end_quote(p, lexer->end, '\'', spelling == SQL_ESCAPES);
		if (closed == NULL)
			break;
		p = sql_lexer_continue(closed, lexer->end);
	} while (p != NULL);

	finish(lexer, token, closed);
}

/* Read an identifier in double quotes, the first of which is at "quote". */
static void
read_quoted_identifier(SqlLexer *lexer, SqlToken *token,
					   SqlSpelling spelling, const char *quote)
{
	token->kind = SQL_IDENTIFIER;
	token->spelling = spelling;
	finish(lexer, token, end_quote(quote + 1, lexer->end, '"', false));
}

/* Read what begins with a letter: an identifier, or a string with prefix. */
static void
read_word(SqlLexer *lexer, SqlToken *token)
{
	const char *p = lexer->cursor;
	const char *end = lexer->end;
	char		first = sql_lexer_fold(*p);
	char		second = peek(p, end, 1);
	char		third = peek(p, end, 2);

	if (first == 'e' && second == '\'')
		read_string(lexer, token, SQL_ESCAPES, p + 1);
	else if (first == 'n' && second == '\'')
		read_string(lexer, token, SQL_PLAIN, p + 1);
	else if ((first == 'b' || first == 'x') && second == '\'')
	{
		read_string(lexer, token, SQL_PLAIN, p + 1);
		if (token->kind == SQL_STRING)
			token->kind = SQL_BITS;
	}
	else if (first == 'u' && second == '&' && third == '\'')
		read_string(lexer, token, SQL_UNICODE, p + 2);
	else if (first == 'u' && second == '&' && third == '"')
		read_quoted_identifier(lexer, token, SQL_UNICODE, p + 2);
	else
	{
		while (p < end && is_identifier_part(*p))
			p++;
		token->kind = SQL_IDENTIFIER;
		token->spelling = SQL_BARE;
		finish(lexer, token, p);
	}
}

/* Read what begins with a dollar: a quoted text, a parameter, or itself. */
static void
read_dollar(SqlLexer *lexer, SqlToken *token)
{
	const char *end = lexer->end;
	const char *p = lexer->cursor + 1;

	if (is_digit(peek(p, end, 0)))
	{
		while (p < end && is_digit(*p))
			p++;
		token->kind = SQL_PARAMETER;
		finish(lexer, token, p);
		return;
	}

	while (p < end && is_identifier_part(*p) && *p != '$')
		p++;
	if (peek(p, end, 0) != '$')
	{
		token->kind = SQL_SYMBOL;
		finish(lexer, token, lexer->cursor + 1);
		return;
	}

	token->kind = SQL_STRING;
	token->spelling = SQL_DOLLAR;
	p = end_dollar(token->start, p + 1 - token->start, end);
	finish(lexer, token, p);
}

/* Read a number, but for its exponent, which may as well be a word. */
static void
read_number(SqlLexer *lexer, SqlToken *token)
{
	const char *end = lexer->end;
	const char *p = lexer->cursor;

	while (p < end && (is_digit(*p) ||
					   (*p == '.' && peek(p, end, 1) != '.')))
		p++;
	token->kind = SQL_NUMBER;
	finish(lexer, token, p);
}

/*
 * Read an operator: as long as possible, but a comment ends it.  That the
 * server takes a sign off some of them, for the next token, does not matter.
 */
static void
read_operator(SqlLexer *lexer, SqlToken *token)
{
	const char *start = lexer->cursor;
	const char *end = lexer->end;
	const char *p = start;

	while (p < end && is_operator(*p) &&
		   !(p > start && *p == '-' && peek(p, end, 1) == '-') &&
		   !(p > start && *p == '/' && peek(p, end, 1) == '*'))
		p++;
	token->kind = SQL_OPERATOR;
	finish(lexer, token, p);
}

/* The end of psql's variable reference at p, a colon, or NULL if none. */
static const char *
variable_end(const char *p, const char *end)
{
	const char *name = p + 1;
	char		quote = peek(p, end, 1);

	if (quote == '\'' || quote == '"')
		name++;
	else if (quote == '{' && peek(p, end, 2) == '?')
	{
		quote = '}';
		name += 2;
	}
	else
		quote = '\0';

	for (p = name; p < end && is_identifier_part(*p) && *p != '$'; p++)
		;
	if (p == name || (quote != '\0' && peek(p, end, 0) != quote))
		return NULL;
	return quote == '\0' ? p : p + 1;
}

/* Read what begins with a colon: ::, :=, a psql variable, or itself. */
static void
read_colon(SqlLexer *lexer, SqlToken *token)
{
	const char *p = lexer->cursor;
	char		second = peek(p, lexer->end, 1);
	const char *after;

	token->kind = SQL_SYMBOL;
	if (second == ':' || second == '=')
		after = p + 2;
	else if (lexer->is_script &&
			 (after = variable_end(p, lexer->end)) != NULL)
		token->kind = SQL_VARIABLE;
	else
		after = p + 1;
	finish(lexer, token, after);
}

void
sql_lexer_init(SqlLexer *lexer, const char *text, size_t length)
{
	memset(lexer, 0, sizeof(*lexer));
	lexer->cursor = text;
	lexer->end = text + length;
}

void
sql_lexer_next(SqlLexer *lexer, SqlToken *token)
{
	const char *unterminated = skip_blanks(lexer);
	const char *p = lexer->cursor;
	char		c = peek(p, lexer->end, 0);

	token->spelling = SQL_BARE;
	token->start = p;
	token->length = 0;

	if (unterminated != NULL)
	{
		token->start = unterminated;
		finish(lexer, token, NULL);
	}
	else if (p == lexer->end)
		token->kind = SQL_END;
	else if (is_identifier_start(c))
		read_word(lexer, token);
	else if (c == '\'')
		read_string(lexer, token, SQL_PLAIN, p);
	else if (c == '"')
		read_quoted_identifier(lexer, token, SQL_PLAIN, p);
	else if (c == '$')
		read_dollar(lexer, token);
	else if (is_digit(c) || (c == '.' && is_digit(peek(p, lexer->end, 1))))
		read_number(lexer, token);
	else if (c == ':')
		read_colon(lexer, token);
	else if (c == '-' && peek(p, lexer->end, 1) == '-')
	{
		token->kind = SQL_COMMENT;
		finish(lexer, token, end_line(p, lexer->end));
	}
	else if (c == '/' && peek(p, lexer->end, 1) == '*')
	{
		token->kind = SQL_COMMENT;
		finish(lexer, token, end_comment(p, lexer->end));
	}
	else if (is_operator(c))
		read_operator(lexer, token);
	else
	{
		token->kind = c == '\\' && lexer->is_script ?
			SQL_BACKSLASH : SQL_SYMBOL;
		finish(lexer, token, p + 1);
	}
}
