/*-------------------------------------------------------------------------
 *
 * source_mark.h
 *		Which file a session runs, and what is in it
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_MARK_H
#define SOURCE_MARK_H

#include "pqexpbuffer.h"

/* Hexadecimal digits of a SHA-256, and the end of the string */
#define SOURCE_MARK_SIZE 65

extern bool source_mark_digest(const char *path, char *digest);
extern void source_mark_append(PQExpBuffer query, const char *path,
							   bool is_unicode);

#endif							/* SOURCE_MARK_H */
