/*-------------------------------------------------------------------------
 *
 * project/source.c
 *		Which file a session runs, and what is in it
 *
 * The extension keeps in its history what a session says about the file that
 * it runs: the path, and the SHA-256 of its bytes, in two settings.  Where
 * nobody keeps it, these are settings without a meaning.
 *
 * A checkout of the same file elsewhere may end its lines in another way: then
 * it is still the same file, if its digest is the right one with all lines
 * ended in one way or the other.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fe_compat.h"
#include "mb/pg_wchar.h"
#include "project/source.h"
#include "script/outline.h"

#define CHUNK (64 * 1024)

/* How the lines of a file end for its digest */
typedef enum LineEnds
{
	ENDS_AS_THEY_ARE,
	ENDS_LF,
	ENDS_CRLF,
	LINE_ENDS					/* how many ways there are */
} LineEnds;

/*
 * Copy some bytes with the line ends that are wanted, and return how many they
 * have become, at most twice as many.  A carriage return is kept back until
 * the next byte is known.
 */
static size_t
convert(uint8 *to, const uint8 *from, size_t length, LineEnds ends,
		bool *is_pending)
{
	uint8	   *p = to;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		bool		is_end = from[i] == '\n';

		if (is_end ? ends == ENDS_CRLF : *is_pending)
			*p++ = '\r';
		*is_pending = from[i] == '\r';
		if (!*is_pending)
			*p++ = from[i];
	}
	return p - to;
}

/* Add some bytes to the digest. */
static bool
add_bytes(FeCompatSha256 *sha256, const uint8 *bytes, size_t length,
		  LineEnds ends, bool *is_pending)
{
	uint8		converted[2 * CHUNK];

	if (ends == ENDS_AS_THEY_ARE)
		return fe_compat_sha256_update(sha256, bytes, length);
	return fe_compat_sha256_update(sha256, converted,
								   convert(converted, bytes, length, ends,
										   is_pending));
}

/* Feed a file to the digest, from its beginning.  False if it cannot be. */
static bool
add_file(FeCompatSha256 *sha256, int fd, off_t size, LineEnds ends)
{
	uint8		chunk[CHUNK];
	off_t		done = 0;
	bool		is_pending = false;

	while (done < size)
	{
		ssize_t		count = pread(fd, chunk, sizeof(chunk), done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0 ||
			!add_bytes(sha256, chunk, count, ends, &is_pending))
			return false;
		done += count;
	}
	return !is_pending ||
		fe_compat_sha256_update(sha256, (const uint8 *) "\r", 1);
}

bool
project_source_digest_bytes(const char *text, size_t length,
							SourceDigest digest)
{
	FeCompatSha256 *sha256 = fe_compat_sha256_create();
	bool		result = sha256 != NULL &&
		fe_compat_sha256_update(sha256, (const uint8 *) text, length) &&
		fe_compat_sha256_final(sha256, digest);

	fe_compat_sha256_free(sha256);
	return result;
}

/* The SHA-256 of an open file, with those line ends. */
static bool
digest_descriptor(int fd, LineEnds ends, SourceDigest digest)
{
	struct stat status;
	FeCompatSha256 *sha256;
	bool		result;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	sha256 = fe_compat_sha256_create();
	result = sha256 != NULL && add_file(sha256, fd, status.st_size, ends) &&
		fe_compat_sha256_final(sha256, digest);
	fe_compat_sha256_free(sha256);
	return result;
}

bool
project_source_digest(int fd, SourceDigest digest)
{
	return digest_descriptor(fd, ENDS_AS_THEY_ARE, digest);
}

void
project_source_digits(const SourceDigest digest, SourceDigits digits)
{
	int			i;

	for (i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
		snprintf(digits + 2 * i, 3, "%02x", digest[i]);
}

/* The SHA-256 of the file of that path. */
static bool
digest_file(const char *path, LineEnds ends, SourceDigest digest)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool		result;

	if (fd < 0)
		return false;
	result = digest_descriptor(fd, ends, digest);
	close(fd);
	return result;
}

/* Append the digits of a digest, as a line. */
static void
append_line(PQExpBuffer lines, const SourceDigest digest)
{
	SourceDigits digits;

	project_source_digits(digest, digits);
	appendPQExpBuffer(lines, "%s\n", digits);
}

/*
 * Make of the digest of a file, which includes some, that of all of them.
 * Returns false if it cannot be had.
 */
static bool
add_includes(const SimpleStringList *includes, LineEnds ends,
			 SourceDigest digest)
{
	const SimpleStringListCell *cell;
	PQExpBufferData lines;
	bool		result;

	if (includes->head == NULL)
		return true;
	initPQExpBuffer(&lines);
	append_line(&lines, digest);
	for (cell = includes->head; cell != NULL; cell = cell->next)
	{
		SourceDigest included;

		if (digest_file(cell->val, ends, included))
			append_line(&lines, included);
	}
	result = project_source_digest_bytes(lines.data, lines.len, digest);
	termPQExpBuffer(&lines);
	return result;
}

bool
project_source_add_includes(const SimpleStringList *includes,
							SourceDigest digest)
{
	return add_includes(includes, ENDS_AS_THEY_ARE, digest);
}

bool
project_source_digest_all(const char *path, const SimpleStringList *includes,
						  SourceDigest digest)
{
	return digest_file(path, ENDS_AS_THEY_ARE, digest) &&
		project_source_add_includes(includes, digest);
}

/* Are these the digits of that digest? */
static bool
has_digits(const SourceDigest digest, const char *expected)
{
	SourceDigits digits;

	project_source_digits(digest, digits);
	return pg_strcasecmp(digits, expected) == 0;
}

bool
project_source_matches(const char *path, const SourceDigest digest,
					   const char *digits)
{
	ScriptOutline *outline;
	bool		result = false;
	int			ends;

	if (has_digits(digest, digits))
		return true;
	outline = script_outline_read(path, NULL);
	for (ends = 0; !result && ends < LINE_ENDS; ends++)
	{
		SourceDigest other;

		result = digest_file(path, ends, other) &&
			(has_digits(other, digits) ||
			 (add_includes(&outline->includes, ends, other) &&
			  has_digits(other, digits)));
	}
	script_outline_free(outline);
	return result;
}

/* Is the text well-formed UTF-8? */
static bool
is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *) text;
	size_t		left = strlen(text);

	while (left > 0)
	{
		size_t		length = pg_utf_mblen(p);

		if (length > left || !pg_utf8_islegal(p, (int) length))
			return false;
		p += length;
		left -= length;
	}
	return true;
}

void
project_source_append_path(PQExpBuffer query, const char *path,
						   bool is_unicode)
{
	bool		is_plain = is_unicode && is_utf8(path);

	appendPQExpBufferStr(query, "E'");
	for (; *path != '\0'; path++)
	{
		if (IS_HIGHBIT_SET(*path) && !is_plain)
			appendPQExpBuffer(query, "\\\\x%02X", (unsigned char) *path);
		else if (*path == '\n')
			appendPQExpBufferStr(query, "\\n");
		else
		{
			if (*path == '\'' || *path == '\\')
				appendPQExpBufferChar(query, '\\');
			appendPQExpBufferChar(query, *path);
		}
	}
	appendPQExpBufferChar(query, '\'');
}

void
project_source_append(PQExpBuffer query, const char *path,
					  const SourceDigest *digest, bool is_unicode)
{
	SourceDigits digits = "";

	appendPQExpBufferStr(query, "pg_catalog.set_config("
						 "'versioning.source_file', ");
	project_source_append_path(query, path, is_unicode);
	if (digest != NULL)
		project_source_digits(*digest, digits);
	appendPQExpBuffer(query, ", false), pg_catalog.set_config("
					  "'versioning.source_sha256', '%s', false)", digits);
}
