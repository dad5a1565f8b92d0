/*-------------------------------------------------------------------------
 *
 * project/source.c
 *		Which file a session runs, and what is in it
 *
 * The extension keeps in its history what a session says about the file that
 * it runs: the path, and the SHA-256 of its bytes, in two settings.  Where
 * nobody keeps it, these are settings without a meaning.
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

#define CHUNK (64 * 1024)

/* Feed a file to the digest, from its beginning.  False if it cannot be. */
static bool
add_file(FeCompatSha256 *sha256, int fd, off_t size)
{
	uint8		chunk[CHUNK];
	off_t		done = 0;

	while (done < size)
	{
		ssize_t		count = pread(fd, chunk, sizeof(chunk), done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0 || !fe_compat_sha256_update(sha256, chunk, count))
			return false;
		done += count;
	}
	return true;
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

bool
project_source_digest(int fd, SourceDigest digest)
{
	struct stat status;
	FeCompatSha256 *sha256;
	bool		result;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	sha256 = fe_compat_sha256_create();
	result = sha256 != NULL && add_file(sha256, fd, status.st_size) &&
		fe_compat_sha256_final(sha256, digest);
	fe_compat_sha256_free(sha256);
	return result;
}

void
project_source_digits(const SourceDigest digest, SourceDigits digits)
{
	int			i;

	for (i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
		snprintf(digits + 2 * i, 3, "%02x", digest[i]);
}

bool
project_source_digest_file(const char *path, SourceDigest digest)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool		result;

	if (fd < 0)
		return false;
	result = project_source_digest(fd, digest);
	close(fd);
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

/*
 * Append a path as a string constant.  A path may hold any bytes: those that
 * the server might not take for a character are written as \xFF.
 */
static void
append_path(PQExpBuffer query, const char *path, bool is_unicode)
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
	append_path(query, path, is_unicode);
	if (digest != NULL)
		project_source_digits(*digest, digits);
	appendPQExpBuffer(query, ", false), pg_catalog.set_config("
					  "'versioning.source_sha256', '%s', false)", digits);
}
