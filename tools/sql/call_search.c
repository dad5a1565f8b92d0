/*-------------------------------------------------------------------------
 *
 * sql/call_search.c
 *		The places where a text may hold a call of register_patch
 *
 * Most of what a script holds is of no interest.  This search finds, at the
 * speed at which memory can be read, the last place where "register_patch"
 * stands, in any case; or "_job", which the functions about jobs have in
 * their names.
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

/* What is searched, and where in it the letters are that are asked about */
typedef struct Needle
{
	const char *text;
	size_t		length;
	int			letters[3];
} Needle;

static const Needle needles[] = {
	[CALL_SEARCH_PATCH] = {"register_patch", 14, {8, 9, 13}},
	[CALL_SEARCH_JOB] = {"_job", 4, {0, 1, 3}}
};

/* Let the machine that runs the program choose the width of the vectors. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	defined(__GLIBC__)
#define FOR_EACH_MACHINE \
	__attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define FOR_EACH_MACHINE
#endif

/*
 * May the needle be at one of the first "count" positions of "p"?  Reads so
 * many bytes more as it has letters, but for one.
 */
FOR_EACH_MACHINE
static bool
has_candidate(const unsigned char *p, size_t count, const Needle *needle)
{
	const unsigned char *first = p + needle->letters[0];
	const unsigned char *second = p + needle->letters[1];
	const unsigned char *third = p + needle->letters[2];
	unsigned char letters[3];
	unsigned char found = 0;
	size_t		i;

	for (i = 0; i < lengthof(letters); i++)
		letters[i] = needle->text[needle->letters[i]] | 0x20;
	for (i = 0; i < count; i++)
		found |= ((first[i] | 0x20) == letters[0]) &
			((second[i] | 0x20) == letters[1]) &
			((third[i] | 0x20) == letters[2]);
	return found != 0;
}

size_t
sql_call_search_last(CallSearch what, const char *text, size_t length)
{
	const Needle *needle = &needles[what];
	size_t		end = length < needle->length ? 0 :
		length - needle->length + 1;

	while (end > 0)
	{
		size_t		begin = end > BLOCK ? end - BLOCK : 0;
		size_t		i = end;

		if (has_candidate((const unsigned char *) text + begin, end - begin,
						  needle))
			while (i-- > begin)
				if (text[i + needle->letters[0]] == '_' &&
					pg_strncasecmp(text + i, needle->text,
								   needle->length) == 0)
					return i;
		end = begin;
	}
	return CALL_SEARCH_NONE;
}
