/*-------------------------------------------------------------------------
 *
 * call_search.c
 *		The places where a text may hold a call of register_patch
 *
 * Most of what a script holds is of no interest.  This search finds, at the
 * speed at which memory can be read, the last place that may be: where
 * "register_patch" stands, in any case, or a quoting that can spell it with
 * escapes: an identifier U&"...", or a string E'...' or U&'...' that may be
 * the body of a DO block.
 *
 * It works in blocks.  Of every position in a block it asks whether three
 * letters of the name are where they would have to be, or a quote behind one
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

#include "call_search.h"

#define BLOCK 512

static const char name[] = "register_patch";

#define NAME_LENGTH (sizeof(name) - 1)

/* Let the machine that runs the program choose the width of the vectors. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	defined(__linux__)
#define FOR_EACH_MACHINE \
	__attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define FOR_EACH_MACHINE
#endif

/*
 * May a place begin at one of the first BLOCK positions of "p"?  Reads
 * NAME_LENGTH - 1 bytes more.
 */
FOR_EACH_MACHINE
static bool
block_has_candidate(const unsigned char *p)
{
	unsigned char found = 0;
	int			i;

	for (i = 0; i < BLOCK; i++)
	{
		unsigned char is_name = (p[i + 8] == '_') &
			((p[i + 9] | 0x20) == 'p') &
			((p[i + 13] | 0x20) == 'h');
		unsigned char is_quote = ((p[i + 1] == '\'') | (p[i + 1] == '"')) &
			(((p[i] | 0x20) == 'e') | (p[i] == '&'));

		found |= is_name | is_quote;
	}
	return found != 0;
}

/* Is this a character of an identifier? */
static bool
is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_' || c == '$' || c >= 0x80;
}

/*
 * May a string whose prefix is at "p" be the body of a DO block?  It stands
 * behind DO, LANGUAGE and a name, or a comment, but not behind what an
 * ordinary string stands behind.
 */
static bool
may_be_body(const char *text, const char *p)
{
	if (p > text && is_word(p[-1]))
		return false;
	while (p > text && (p[-1] == ' ' || (p[-1] >= '\t' && p[-1] <= '\r')))
		p--;
	return p == text || strchr("(,=|[<>", p[-1]) == NULL;
}

/* Is there a place at "p", which has "left" bytes behind it? */
static bool
is_candidate(const char *text, const char *p, size_t left)
{
	if (left >= NAME_LENGTH && (*p == 'r' || *p == 'R'))
		return pg_strncasecmp(p, name, NAME_LENGTH) == 0;
	if ((*p == 'e' || *p == 'E') && left >= 2 && p[1] == '\'')
		return may_be_body(text, p);
	if ((*p == 'u' || *p == 'U') && left >= 3 && p[1] == '&')
		return p[2] == '"' || (p[2] == '\'' && may_be_body(text, p));
	return false;
}

/*
 * The offset of the last place where the text may hold a call, or
 * CALL_SEARCH_NONE.
 */
size_t
call_search_last(const char *text, size_t length)
{
	size_t		last = CALL_SEARCH_NONE;
	size_t		begin = 0;

	while (begin < length)
	{
		size_t		end = Min(begin + BLOCK, length);
		size_t		i;

		/* The block's first position may continue "U" in the one before */
		if (length - begin < BLOCK + NAME_LENGTH ||
			block_has_candidate((const unsigned char *) text + begin))
		{
			for (i = begin > 0 ? begin - 1 : 0; i < end; i++)
				if (is_candidate(text, text + i, length - i))
					last = i;
		}
		begin = end;
	}
	return last;
}
