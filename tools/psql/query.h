/*-------------------------------------------------------------------------
 *
 * psql/query.h
 *		The text of a query, as psql sends it
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_QUERY_H
#define PSQL_QUERY_H

#include "pqexpbuffer.h"

/* Append a query that stands in a script so. */
extern void psql_query_append(PQExpBuffer buffer, const char *text,
							  size_t length);

#endif							/* PSQL_QUERY_H */
