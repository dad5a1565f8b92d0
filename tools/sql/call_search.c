/*-------------------------------------------------------------------------
 *
 * sql/call_search.c
 *		The places where a text may hold a call of register_patch
 *
 * Most of what a script holds is of no interest.  This search finds, at the
 * speed at which memory can be read, the last place where "register_patch"
 * stands, in any case.
 *
 * It works in blocks.  Of every position in a block it asks whether three
 * letters of the name are where they would have to be, without a branch, so
 * that the compiler can do it for sixteen or more positions at once.  Only a
 * block in which there is such a position is looked at byte by byte.
 *
 * gcc vectorizes such a loop at -O3 or with PostgreSQL's CFLAGS_VECTORIZE;
 * where it does not, the result is the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "sql/call_search.h"

/* As much as is asked about at once */
#define BLOCK 256

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
 * May the name be at one of the first "count" positions of "p"?  Reads
 * NAME_LENGTH - 1 bytes more.
 */
FOR_EACH_MACHINE
static bool
has_candidate(const unsigned char *p, size_t count)
{
	unsigned char found = 0;
	size_t		i;

	for (i = 0; i < count; i++)
		found |= (p[i + 8] == '_') & ((p[i + 9] | 0x20) == 'p') &
			((p[i + 13] | 0x20) == 'h');
	return found != 0;
}

size_t
sql_call_search_last(const char *text, size_t length)
{
	size_t		end = length < NAME_LENGTH ? 0 : length - NAME_LENGTH + 1;

	while (end > 0)
	{
		size_t		begin = end > BLOCK ? end - BLOCK : 0;
		size_t		i = end;

		if (has_candidate((const unsigned char *) text + begin, end - begin))
			while (i-- > begin)
				if (text[i + 8] == '_' &&
					pg_strncasecmp(text + i, name, NAME_LENGTH) == 0)
					return i;
		end = begin;
	}
	return CALL_SEARCH_NONE;
}
