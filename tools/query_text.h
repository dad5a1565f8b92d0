/*-------------------------------------------------------------------------
 *
 * query_text.h
 *		The text of a query, as psql sends it
 *
 *-------------------------------------------------------------------------
 */
#ifndef QUERY_TEXT_H
#define QUERY_TEXT_H

#include "pqexpbuffer.h"

/* Append a query that stands in a script so. */
extern void query_text_append(PQExpBuffer buffer, const char *text,
							  size_t length);

#endif							/* QUERY_TEXT_H */
