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

/* Room to begin with; most scripts are shorter */
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
	pg_free(bytes->text);
	bytes->text = text;
	bytes->length = status.st_size;
	bytes->is_mapped = true;
	return true;
}

bool
file_bytes_read(FileBytes *bytes, int fd)
{
	size_t		space = FIRST_SPACE;
	ssize_t		count;

	bytes->text = pg_malloc(space);
	bytes->length = 0;
	bytes->is_mapped = false;
	while ((count = read(fd, bytes->text + bytes->length,
						 space - bytes->length)) != 0)
	{
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		bytes->length += count;
		if (bytes->length < space)
			continue;
		if (space == FIRST_SPACE && map_file(bytes, fd))
			return true;
		space *= 2;
		bytes->text = pg_realloc(bytes->text, space);
	}
	bytes->text = pg_realloc(bytes->text, Max(bytes->length, 1));
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
