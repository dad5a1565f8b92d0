/*-------------------------------------------------------------------------
 *
 * source_mark.c
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

#include "fe_compat.h"
#include "mb/pg_wchar.h"
#include "source_mark.h"

#define CHUNK (64 * 1024)

/* Feed a file to the digest.  Returns false if it cannot be read. */
static bool
add_file(FeCompatSha256 *sha256, int fd)
{
	uint8		chunk[CHUNK];
	ssize_t		count;

	while ((count = read(fd, chunk, sizeof(chunk))) != 0)
	{
		if (count < 0 && errno != EINTR)
			return false;
		if (count > 0 && !fe_compat_sha256_update(sha256, chunk, count))
			return false;
	}
	return true;
}

/*
 * Put the SHA-256 of a file into the digest, in small letters.  Returns false
 * if it cannot be read, or only once, as a pipe.
 */
bool
source_mark_digest(const char *path, char *digest)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	FeCompatSha256 *sha256;
	uint8		bytes[PG_SHA256_DIGEST_LENGTH];
	bool		result;
	size_t		i;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
	{
		close(fd);
		return false;
	}
	sha256 = fe_compat_sha256_create();
	result = sha256 != NULL && add_file(sha256, fd) &&
		fe_compat_sha256_final(sha256, bytes);
	fe_compat_sha256_free(sha256);
	close(fd);
	for (i = 0; result && i < sizeof(bytes); i++)
		snprintf(digest + 2 * i, 3, "%02x", bytes[i]);
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

/*
 * Append calls that say which file will be run, a part of a list of
 * expressions.  Is the text of the session, and of its database, Unicode?
 */
void
source_mark_append(PQExpBuffer query, const char *path, bool is_unicode)
{
	char		digest[SOURCE_MARK_SIZE] = "";

	appendPQExpBufferStr(query, "pg_catalog.set_config("
						 "'versioning.source_file', ");
	append_path(query, path, is_unicode);
	(void) source_mark_digest(path, digest);
	appendPQExpBuffer(query, ", false), pg_catalog.set_config("
					  "'versioning.source_sha256', '%s', false)", digest);
}
