/*-------------------------------------------------------------------------
 *
 * project/source.h
 *		Which file a session runs, and what is in it
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_SOURCE_H
#define PROJECT_SOURCE_H

#include "common/sha2.h"
#include "pqexpbuffer.h"

/* The SHA-256 of a file, and its hexadecimal digits as a string */
typedef uint8 SourceDigest[PG_SHA256_DIGEST_LENGTH];
typedef char SourceDigits[2 * PG_SHA256_DIGEST_LENGTH + 1];

/* The SHA-256 of some bytes.  Returns false if it cannot be had. */
extern bool project_source_digest_bytes(const char *text, size_t length,
										SourceDigest digest);

/*
 * The SHA-256 of an open file.  Returns false if it cannot be read, or only
 * once, as a pipe.
 */
extern bool project_source_digest(int fd, SourceDigest digest);

/* The same of the file of that path. */
extern bool project_source_digest_file(const char *path, SourceDigest digest);

/* Print a digest, in small letters. */
extern void project_source_digits(const SourceDigest digest,
								  SourceDigits digits);

/*
 * Append calls that say which file will be run, a part of a list of
 * expressions.  The digest may be NULL: it is not known.  Is the text of the
 * session, and of its database, Unicode?
 */
extern void project_source_append(PQExpBuffer query, const char *path,
								  const SourceDigest *digest, bool is_unicode);

#endif							/* PROJECT_SOURCE_H */
