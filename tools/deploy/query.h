/*-------------------------------------------------------------------------
 *
 * deploy/query.h
 *		The text of a query, as psql sends it
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_QUERY_H
#define DEPLOY_QUERY_H

#include "pqexpbuffer.h"

/* Append a query that stands in a script so. */
extern void deploy_query_append(PQExpBuffer buffer, const char *text,
								size_t length);

#endif							/* DEPLOY_QUERY_H */
