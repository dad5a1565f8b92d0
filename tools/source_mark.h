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

/* The SHA-256 of some bytes.  Returns false if it cannot be had. */
extern bool source_mark_digest_bytes(const char *text, size_t length,
									 SourceDigest digest);

/*
 * The SHA-256 of an open file.  Returns false if it cannot be read, or only
 * once, as a pipe.
 */
extern bool source_mark_digest(int fd, SourceDigest digest);

/* The same of the file of that path. */
extern bool source_mark_digest_file(const char *path, SourceDigest digest);
extern void source_mark_digits(const SourceDigest digest,
							   SourceDigits digits);
/*
 * Append calls that say which file will be run, a part of a list of
 * expressions.  The digest may be NULL: it is not known.  Is the text of the
 * session, and of its database, Unicode?
 */
extern void source_mark_append(PQExpBuffer query, const char *path,
							   const SourceDigest *digest, bool is_unicode);

#endif							/* SOURCE_MARK_H */
