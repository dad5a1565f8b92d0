/*-------------------------------------------------------------------------
 *
 * project/pair.c
 *		Two new files, or none
 *
 * A file that exists is never touched, and if one of the two cannot be
 * written, the other is not left behind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/report.h"
#include "common/logging.h"
#include "project/pair.h"

/* Say what the system has to say about a file. */
static void
report_failure(const char *action, const char *path)
{
	int			error = errno;

	pg_log_error("could not %s \"%s\": %s", action, report_printable(path),
				 strerror(error));
}

/* Make a new, empty file; returns its descriptor, or -1 after a message. */
static int
create(const char *path)
{
	int			fd = open(path, O_WRONLY | O_CREAT | O_EXCL | PG_BINARY,
						  0666);

	if (fd < 0)
		report_failure("create", path);
	return fd;
}

/* Write a text to the end; false after a message. */
static bool
fill(int fd, const NewFile *file)
{
	const char *rest = file->text;

	while (*rest != '\0')
	{
		ssize_t		written = write(fd, rest, strlen(rest));

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
		{
			report_failure("write", file->path);
			return false;
		}
		rest += written;
	}
	return true;
}

/* Fill two files and close them; false after a message. */
static bool
fill_both(int first_fd, const NewFile *first,
		  int second_fd, const NewFile *second)
{
	bool		is_done = fill(first_fd, first) && fill(second_fd, second);

	/* Closing, too, may say that what has been written is lost */
	if (close(first_fd) != 0 && is_done)
	{
		report_failure("write", first->path);
		is_done = false;
	}
	if (close(second_fd) != 0 && is_done)
	{
		report_failure("write", second->path);
		is_done = false;
	}
	return is_done;
}

bool
project_pair_write(const NewFile *first, const NewFile *second)
{
	int			first_fd = create(first->path);
	int			second_fd;

	if (first_fd < 0)
		return false;
	second_fd = create(second->path);
	if (second_fd < 0)
	{
		close(first_fd);
		unlink(first->path);
		return false;
	}
	if (fill_both(first_fd, first, second_fd, second))
		return true;
	unlink(first->path);
	unlink(second->path);
	return false;
}
