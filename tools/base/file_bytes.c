/*-------------------------------------------------------------------------
 *
 * base/file_bytes.c
 *		The bytes of a file, read once
 *
 * What is found out about a file and what is sent to the server is to be the
 * same, so it is kept from the one until the other.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"

/* What is larger is not kept: most of it is data, which psql is better at. */
#define MOST_KEPT (32 * 1024 * 1024)

/* Room for a file whose size is not known */
#define FIRST_SPACE (16 * 1024)

/* The size of the file, if that is known, and it may be kept; or 0. */
static size_t
known_size(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_size <= MOST_KEPT ? status.st_size : 0;
}

/* Read up to the end, or what is too much.  False with errno set. */
static bool
read_all(FileBytes *bytes, int fd)
{
	size_t		size = known_size(fd);
	size_t		space = size > 0 ? size + 1 : FIRST_SPACE;

	bytes->text = pg_malloc(space + 1);
	bytes->length = 0;
	for (;;)
	{
		ssize_t		count = read(fd, bytes->text + bytes->length,
								 space - bytes->length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		bytes->length += count;
		if (count == 0 || bytes->length == size || bytes->length > MOST_KEPT)
			break;
		if (bytes->length == space)
		{
			space *= 2;
			bytes->text = pg_realloc(bytes->text, space + 1);
		}
	}
	bytes->text[bytes->length] = '\0';
	return true;
}

bool
file_bytes_read(FileBytes *bytes, int fd)
{
	bool		is_read = read_all(bytes, fd);

	if (is_read && bytes->length <= MOST_KEPT &&
		memchr(bytes->text, '\0', bytes->length) == NULL)
		return true;
	file_bytes_free(bytes);
	if (is_read && lseek(fd, 0, SEEK_SET) == 0)
		errno = 0;
	return false;
}

void
file_bytes_free(FileBytes *bytes)
{
	pg_free(bytes->text);
	bytes->text = NULL;
	bytes->length = 0;
}
