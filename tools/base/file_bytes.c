/*-------------------------------------------------------------------------
 *
 * base/file_bytes.c
 *		The bytes of a file, read once
 *
 * What is found out about a file and what is sent to the server is to be the
 * same, so it is kept from the one until the other.  A large file is mapped
 * into memory instead of copied, and may change: most of it is data, which
 * psql is better at, so it is not run from here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"

/* What is larger is mapped. */
#define MOST_COPIED (32 * 1024 * 1024)

/* Most scripts are shorter, and are read without asking for room twice. */
#define FIRST_SPACE (16 * 1024)

/* Map the file, if it is large and can be. */
static bool
map_file(FileBytes *bytes, int fd)
{
	struct stat status;
	void	   *text;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
		status.st_size <= MOST_COPIED ||
		(uintmax_t) status.st_size > SIZE_MAX)
		return false;
	text = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return false;
	bytes->text = text;
	bytes->length = status.st_size;
	bytes->is_mapped = true;
	return true;
}

/*
 * Read until "size" bytes are there or the file ends.  Returns the number of
 * bytes, or -1 with errno set.
 */
static ssize_t
read_fully(int fd, char *buffer, size_t size)
{
	size_t		done = 0;

	while (done < size)
	{
		ssize_t		count = read(fd, buffer + done, size - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (count == 0)
			break;
		done += count;
	}
	return done;
}

bool
file_bytes_read(FileBytes *bytes, int fd)
{
	char		first[FIRST_SPACE];
	size_t		space = sizeof(first);
	ssize_t		count = read_fully(fd, first, space);

	memset(bytes, 0, sizeof(*bytes));
	if (count < 0)
		return false;
	if (count == sizeof(first) && map_file(bytes, fd))
		return true;
	bytes->text = pg_malloc(Max(count, 1));
	bytes->length = count;
	memcpy(bytes->text, first, count);
	while (bytes->length == space)
	{
		space *= 2;
		bytes->text = pg_realloc(bytes->text, space);
		count = read_fully(fd, bytes->text + bytes->length,
						   space - bytes->length);
		if (count < 0)
			return false;
		bytes->length += count;
	}
	return true;
}

bool
file_bytes_open(FileBytes *bytes, const char *path)
{
	int			fd = open(path, O_RDONLY | O_CLOEXEC, 0);
	bool		result;
	int			save_errno;

	memset(bytes, 0, sizeof(*bytes));
	if (fd < 0)
		return false;
	result = file_bytes_read(bytes, fd);
	save_errno = errno;
	close(fd);
	errno = save_errno;
	return result;
}

void
file_bytes_free(FileBytes *bytes)
{
	if (bytes->is_mapped)
		munmap(bytes->text, bytes->length);
	else
		pg_free(bytes->text);
	memset(bytes, 0, sizeof(*bytes));
}
