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

#include <sys/stat.h>

#include "base/buffer.h"
#include "common/cryptohash.h"
#include "mb/pg_wchar.h"
#include "project/source.h"
#include "script/outline.h"

/* How the lines of a file end for its digest */
typedef enum LineEnds
{
	ENDS_AS_THEY_ARE,
	ENDS_LF,
	ENDS_CRLF,
	LINE_ENDS					/* how many ways there are */
} LineEnds;

bool
project_source_digest_bytes(const char *text, size_t length,
							SourceDigest digest)
{
	pg_cryptohash_ctx *sha256 = pg_cryptohash_create(PG_SHA256);
	bool		result = sha256 != NULL && pg_cryptohash_init(sha256) >= 0 &&
		pg_cryptohash_update(sha256, (const uint8 *) text, length) >= 0 &&
		pg_cryptohash_final(sha256, digest, sizeof(SourceDigest)) >= 0;

	pg_cryptohash_free(sha256);
	return result;
}

bool
project_source_digest(const FileBytes *bytes, SourceDigest digest)
{
	return project_source_digest_bytes(bytes->text, bytes->length, digest);
}

/* The same with other line ends. */
static bool
digest_converted(const FileBytes *bytes, LineEnds ends, SourceDigest digest)
{
	char	   *text = pg_malloc(2 * bytes->length + 1);
	char	   *p = text;
	size_t		i;
	bool		result;

	for (i = 0; i < bytes->length; i++)
	{
		char		c = bytes->text[i];

		if (c == '\r' && i + 1 < bytes->length && bytes->text[i + 1] == '\n')
			continue;
		if (c == '\n' && ends == ENDS_CRLF)
			*p++ = '\r';
		*p++ = c;
	}
	result = project_source_digest_bytes(text, p - text, digest);
	pg_free(text);
	return result;
}

void
project_source_digits(const SourceDigest digest, SourceDigits digits)
{
	static const char hexadecimal[] = "0123456789abcdef";
	int			i;

	for (i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
	{
		digits[2 * i] = hexadecimal[digest[i] >> 4];
		digits[2 * i + 1] = hexadecimal[digest[i] & 0x0F];
	}
	digits[2 * i] = '\0';
}

/* The SHA-256 of the file of that path, if it can be read more than once. */
static bool
digest_file(const char *path, LineEnds ends, SourceDigest digest)
{
	struct stat status;
	FileBytes	bytes = {0};
	bool		result = stat(path, &status) == 0 &&
		S_ISREG(status.st_mode) && file_bytes_open(&bytes, path) &&
		(ends == ENDS_AS_THEY_ARE ? project_source_digest(&bytes, digest) :
		 digest_converted(&bytes, ends, digest));

	file_bytes_free(&bytes);
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
	outline = script_outline_read(path, NULL, false);
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

char *
project_source_path(const char *path, bool is_unicode)
{
	int			length = (int) strlen(path);
	bool		is_plain = is_unicode &&
		pg_encoding_verifymbstr(PG_UTF8, path, length) == length;
	PQExpBufferData text;

	initPQExpBuffer(&text);
	for (; *path != '\0'; path++)
		appendPQExpBuffer(&text, IS_HIGHBIT_SET(*path) && !is_plain ?
						  "\\x%02X" : "%c", (unsigned char) *path);
	return buffer_finish(&text);
}

/* Append a text as a string constant, in one line. */
static void
append_constant(PQExpBuffer query, const char *text)
{
	appendPQExpBufferStr(query, "E'");
	for (; *text != '\0'; text++)
	{
		if (*text == '\'' || *text == '\\')
			appendPQExpBufferChar(query, '\\');
		if (*text == '\n')
			appendPQExpBufferStr(query, "\\n");
		else
			appendPQExpBufferChar(query, *text);
	}
	appendPQExpBufferChar(query, '\'');
}

void
project_source_append_text(PQExpBuffer query, const char *text,
						   bool is_unicode)
{
	char	   *kept = project_source_path(text, is_unicode);

	append_constant(query, kept);
	pg_free(kept);
}

void
project_source_append(PQExpBuffer query, const char *path,
					  const SourceDigest *digest, bool is_unicode)
{
	SourceDigits digits = "";

	appendPQExpBufferStr(query, "pg_catalog.set_config("
						 "'versioning.source_file', ");
	project_source_append_text(query, path, is_unicode);
	if (digest != NULL)
		project_source_digits(*digest, digits);
	appendPQExpBuffer(query, ", false), pg_catalog.set_config("
					  "'versioning.source_sha256', '%s', false)", digits);
}
