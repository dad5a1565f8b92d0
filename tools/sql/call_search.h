/*-------------------------------------------------------------------------
 *
 * sql/call_search.h
 *		Where a text may hold a call of register_patch
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_CALL_SEARCH_H
#define SQL_CALL_SEARCH_H

/* No such place */
#define CALL_SEARCH_NONE ((size_t) -1)

/* How much of the next piece of a text must be seen, not to miss a place */
#define CALL_SEARCH_OVERLAP 16

typedef enum CallSearch
{
	CALL_SEARCH_PATCH,			/* register_patch or its kin */
	CALL_SEARCH_JOB				/* a function about jobs */
} CallSearch;

/*
 * The offset of the last place where the text has such a name, or
 * CALL_SEARCH_NONE.
 */
extern size_t sql_call_search_last(CallSearch what, const char *text,
								   size_t length);

#endif							/* SQL_CALL_SEARCH_H */
