/*-------------------------------------------------------------------------
 *
 * sql/call_search.c
 *		The places where a text may hold a call of register_patch
 *
 * Most of what a script holds is of no interest.  This search finds, at the
 * speed at which memory can be read, the last place that may be: where
 * "register_patch" stands, in any case, or a quoting that can spell it with
 * escapes: an identifier U&"...", or a string E'...' or U&'...' that may be
 * the body of a DO block.
 *
 * It works in blocks.  Of every position in a block it asks whether three
 * letters of the name are where they would have to be, or a quote after one
 * of its prefixes, without a branch, so that the compiler can do it for
 * sixteen or more positions at once.  Only a block in which there is such a
 * position is looked at byte by byte.
 *
 * gcc vectorizes such a loop at -O3 or with PostgreSQL's CFLAGS_VECTORIZE;
 * where it does not, the result is the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/call_search.h"
#include "sql/lexer.h"

/* As much as is asked about at once, and then, if there is something */
#define BLOCK 1024
#define SMALL_BLOCK 32

static const char name[] = "register_patch";

#define NAME_LENGTH (sizeof(name) - 1)

/* Let the machine that runs the program choose the width of the vectors. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	defined(__GLIBC__)
#define FOR_EACH_MACHINE \
	__attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define FOR_EACH_MACHINE
#endif

/*
 * May a place be at one of the first "count" positions of "p"?  Reads
 * NAME_LENGTH - 1 bytes more.
 */
FOR_EACH_MACHINE
static bool
has_candidate(const unsigned char *p, size_t count)
{
	unsigned char found = 0;
	size_t		i;

	for (i = 0; i < count; i++)
	{
		unsigned char is_name = (p[i + 8] == '_') &
			((p[i + 9] | 0x20) == 'p') &
			((p[i + 13] | 0x20) == 'h');
		unsigned char is_escape = ((p[i + 1] | 0x20) == 'e') & (p[i] < '0');
		unsigned char is_quote = ((p[i + 2] == '\'') | (p[i + 2] == '"')) &
			((p[i + 1] == '&') | is_escape);

		found |= is_name | is_quote;
	}
	return found != 0;
}

/*
 * May what ends before "p" be what stands before the body of a DO block?
 * That is DO, a language, quoted or not, or a comment; one that goes
 * to the end of the line may end in anything.  If the text begins with
 * nothing but blanks, what stands before it is not known; yet a place that
 * is near the beginning has been seen in the piece before, too.
 */
static bool
may_precede_body(const char *text, const char *p)
{
	bool		is_near = p - text < CALL_SEARCH_OVERLAP / 2;

	while (p > text && sql_lexer_is_space(p[-1]))
	{
		p--;
		if (*p == '\n' || *p == '\r')
			return true;
	}
	return p > text ? strchr("oOlL\"'/", p[-1]) != NULL : !is_near;
}

/*
 * May the string whose prefix is at "p", the quote at "quote", be the body
 * of a DO block that spells something with escapes?  Then it has the escape
 * character in its first piece, up to "end" at least.
 */
static bool
may_be_body(const char *text, const char *p, const char *quote,
			const char *end)
{
	if (!may_precede_body(text, p))
		return false;
	if (*p == 'e' || *p == 'E')
	{
		const char *closing = memchr(quote + 1, '\'', end - quote - 1);

		return closing == NULL ||
			memchr(quote + 1, '\\', closing - quote - 1) != NULL;
	}
	return true;
}

/* Is there a place at "p"?  It has at least NAME_LENGTH bytes up to "end". */
static bool
is_place(const char *text, const char *p, const char *end)
{
	switch (*p)
	{
		case 'r':
		case 'R':
			return p[8] == '_' && pg_strncasecmp(p, name, NAME_LENGTH) == 0;
		case 'e':
		case 'E':
			return p[1] == '\'' && may_be_body(text, p, p + 1, end);
		case 'u':
		case 'U':
			return p[1] == '&' &&
				(p[2] == '"' ||
				 (p[2] == '\'' && may_be_body(text, p, p + 2, end)));
		default:
			return false;
	}
}

/* The end of the last block of that size, before "end", with a candidate. */
static size_t
back_to_candidate(const char *text, size_t begin, size_t end, size_t size)
{
	while (end > begin)
	{
		size_t		block = end - begin > size ? end - size : begin;

		if (has_candidate((const unsigned char *) text + block, end - block))
			break;
		end = block;
	}
	return end;
}

size_t
sql_call_search_last(const char *text, size_t length)
{
	size_t		most = length < NAME_LENGTH ? 0 : length - NAME_LENGTH + 1;
	size_t		end = most;

	while ((end = back_to_candidate(text, 0, end, BLOCK)) > 0)
	{
		size_t		block = end > BLOCK ? end - BLOCK : 0;

		while ((end = back_to_candidate(text, block, end, SMALL_BLOCK)) >
			   block)
		{
			size_t		begin = end > block + SMALL_BLOCK ?
				end - SMALL_BLOCK : block;
			size_t		i;

			/* A quote's prefix may be one byte after its candidate */
			for (i = Min(end + 1, most); i-- > begin;)
				if (is_place(text, text + i, text + length))
					return i;
			end = begin;
		}
	}
	return CALL_SEARCH_NONE;
}
