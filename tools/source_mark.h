/*-------------------------------------------------------------------------
 *
 * source_mark.h
 *		Which file a session runs, and what is in it
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_MARK_H
#define SOURCE_MARK_H

#include "common/sha2.h"
#include "pqexpbuffer.h"

/* The SHA-256 of a file, and its hexadecimal digits as a string */
typedef uint8 SourceDigest[PG_SHA256_DIGEST_LENGTH];
typedef char SourceDigits[2 * PG_SHA256_DIGEST_LENGTH + 1];

extern bool source_mark_digest(int fd, SourceDigest digest);
extern void source_mark_digits(const SourceDigest digest,
							   SourceDigits digits);
extern void source_mark_append(PQExpBuffer query, const char *path,
							   bool is_unicode);

#endif							/* SOURCE_MARK_H */
