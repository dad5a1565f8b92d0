/*-------------------------------------------------------------------------
 *
 * sql_quote.c
 *		Where quotes and comments end
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql_lexer.h"
#include "sql_quote.h"

/* The end of the line that p is on: its newline, or the end of the text. */
const char *
sql_quote_end_line(const char *p, const char *end)
{
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	return p;
}

/* The end of the nested comment that begins at p, or NULL if it has none. */
const char *
sql_quote_end_comment(const char *p, const char *end)
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
 * The end of a quoted text whose opening quote has been passed: behind the
 * closing quote, or NULL if there is none.
 */
const char *
sql_quote_end(const char *p, const char *end, char quote, bool backslashes)
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
 * the place behind its next opening quote, else NULL.
 */
const char *
sql_quote_continue(const char *p, const char *end)
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
			p = sql_quote_end_line(p, end);
		else
			break;
	}
	return on_a_later_line && p < end && *p == '\'' ? p + 1 : NULL;
}

/*
 * The end of a dollar quote whose opening tag, dollars included, is at "tag"
 * and so long, or NULL if the same tag does not stand there again.
 */
const char *
sql_quote_end_dollar(const char *tag, size_t length, const char *end)
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
