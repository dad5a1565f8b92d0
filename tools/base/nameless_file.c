/*-------------------------------------------------------------------------
 *
 * base/nameless_file.c
 *		A file without a name, for a program that we start
 *
 * Only who inherits the descriptor can read it, as /dev/fd/N, and nothing is
 * left of it when the last of them has ended, however that happens.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/nameless_file.h"
#include "common/logging.h"

int
nameless_file_create(const char *text)
{
	const char *directory = getenv("TMPDIR");
	char	   *path = psprintf("%s/versioning.XXXXXX",
								directory != NULL && directory[0] != '\0' ?
								directory : "/tmp");
	int			fd = mkstemp(path);
	FILE	   *stream;

	if (fd >= 0)
		(void) unlink(path);
	stream = fd < 0 ? NULL : fdopen(dup(fd), "w");
	if (stream == NULL || fputs(text, stream) == EOF ||
		fclose(stream) != 0 || lseek(fd, 0, SEEK_SET) != 0)
	{
		pg_log_error("could not write file \"%s\": %m", path);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	pg_free(path);
	return fd;
}
