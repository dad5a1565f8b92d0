/*-------------------------------------------------------------------------
 *
 * sql/call_search.h
 *		The places where a text may hold a call of register_patch
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_CALL_SEARCH_H
#define SQL_CALL_SEARCH_H

/* No such place */
#define CALL_SEARCH_NONE ((size_t) -1)

/* How much of a text must be seen at once, for no place to be missed */
#define CALL_SEARCH_OVERLAP 64

/*
 * The offset of the last place where the text may hold a call, or
 * CALL_SEARCH_NONE.
 */
extern size_t sql_call_search_last(const char *text, size_t length);

#endif							/* SQL_CALL_SEARCH_H */
