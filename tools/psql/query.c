/*-------------------------------------------------------------------------
 *
 * psql/query.c
 *		The text of a query, as psql sends it
 *
 * psql leaves out empty lines, unless they stand in quotes or in a comment.
 * The server counts the lines of what it gets: so an error is reported in the
 * same line as in psql only if we do the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/query.h"
#include "sql/lexer.h"

/* Pass a comment that begins with slash and asterisk; others may be in it. */
static const char *
pass_comment(const char *p, const char *end)
{
	int			depth = 0;

	do
	{
		if (end - p >= 2 && p[0] == '/' && p[1] == '*')
			depth++;
		else if (end - p >= 2 && p[0] == '*' && p[1] == '/')
			depth--;
		else
		{
			p++;
			continue;
		}
		p += 2;
	} while (p < end && depth > 0);
	return p;
}

/* Pass the rest of a line, up to its end. */
static const char *
pass_line(const char *p, const char *end)
{
	while (p < end && *p != '\n')
		p++;
	return p;
}

/* Append what stands between two tokens, without empty lines. */
static void
append_gap(PQExpBuffer buffer, const char *p, const char *end)
{
	while (p < end)
	{
		const char *start = p;

		if (end - p >= 2 && p[0] == '/' && p[1] == '*')
			p = pass_comment(p, end);
		else if (end - p >= 2 && p[0] == '-' && p[1] == '-')
			p = pass_line(p, end);
		else
			p++;
		appendBinaryPQExpBuffer(buffer, start, p - start);
		if (*start == '\n')
			while (p < end && *p == '\n')
				p++;
	}
}

/* Is there an empty line anywhere? */
static bool
has_empty_line(const char *text, size_t length)
{
	const char *p = text;
	const char *end = text + length;

	while ((p = memchr(p, '\n', end - p)) != NULL)
		if (++p < end && *p == '\n')
			return true;
	return false;
}

void
psql_query_append(PQExpBuffer buffer, const char *text, size_t length)
{
	const char *done = text;
	SqlLexer	lexer;
	SqlToken	token;

	if (!has_empty_line(text, length))
	{
		appendBinaryPQExpBuffer(buffer, text, length);
		return;
	}
	sql_lexer_init(&lexer, text, length);
	lexer.is_script = true;
	for (;;)
	{
		sql_lexer_next(&lexer, &token);
		if (token.kind == SQL_END)
			break;
		append_gap(buffer, done, token.start);
		appendBinaryPQExpBuffer(buffer, token.start,
								lexer.cursor - token.start);
		done = lexer.cursor;
	}
	append_gap(buffer, done, text + length);
}
