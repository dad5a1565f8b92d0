/*-------------------------------------------------------------------------
 *
 * project/source.h
 *		Which file a session runs, and what is in it
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_SOURCE_H
#define PROJECT_SOURCE_H

#include "base/file_bytes.h"
#include "common/sha2.h"
#include "fe_utils/simple_list.h"
#include "pqexpbuffer.h"

/*
 * The SHA-256 of a file, and its hexadecimal digits as a string.  If the file
 * includes others, it is the SHA-256 of such strings of all of them, in the
 * order in which they are read, each on a line: what is printed by
 * "sha256sum FILE INCLUDED ... | cut -c1-64 | sha256sum".
 */
typedef uint8 SourceDigest[PG_SHA256_DIGEST_LENGTH];
typedef char SourceDigits[2 * PG_SHA256_DIGEST_LENGTH + 1];

/* The SHA-256 of some bytes.  Returns false if it cannot be had. */
extern bool project_source_digest_bytes(const char *text, size_t length,
										SourceDigest digest);

/* The SHA-256 of the bytes of a file.  Returns false if it cannot be had. */
extern bool project_source_digest(const FileBytes *bytes,
								  SourceDigest digest);

/*
 * Make of the SHA-256 of a file that of it with the files that it includes, of
 * which there may be none.  One that cannot be read does not count.  Returns
 * false if it cannot be had.
 */
extern bool project_source_add_includes(const SimpleStringList *includes,
										SourceDigest digest);

/* The SHA-256 of the file of that path, with those that it includes. */
extern bool project_source_digest_all(const char *path,
									  const SimpleStringList *includes,
									  SourceDigest digest);

/*
 * Is that the SHA-256 of the file of that path, with what it includes or
 * without, apart from how its lines end?  The digest of its bytes is known.
 */
extern bool project_source_matches(const char *path,
								   const SourceDigest digest,
								   const char *digits);

/* Print a digest, in small letters. */
extern void project_source_digits(const SourceDigest digest,
								  SourceDigits digits);

/*
 * The path as the database keeps it; the caller frees the text.  A path may
 * hold any bytes: those that the server might not take for a character are
 * written as \xFF.  Is the text of the session, and of its database, Unicode?
 */
extern char *project_source_path(const char *path, bool is_unicode);

/* Append it, or any other text, as a string constant. */
extern void project_source_append_text(PQExpBuffer query, const char *text,
									   bool is_unicode);

/*
 * Append calls that say which file will be run, a part of a list of
 * expressions.  The digest may be NULL: it is not known.
 */
extern void project_source_append(PQExpBuffer query, const char *path,
								  const SourceDigest *digest, bool is_unicode);

#endif							/* PROJECT_SOURCE_H */
