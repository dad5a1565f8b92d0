/*-------------------------------------------------------------------------
 *
 * project/new_files.c
 *		New files, all of them or none
 *
 * A file that exists is never touched, and if one of them cannot be written,
 * the others are not left behind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/report.h"
#include "common/logging.h"
#include "project/new_files.h"

/* Write a new file; false after a message, and then it is not there. */
static bool
write_new(const NewFile *file)
{
	const char *printable = report_printable(file->path);
	FILE	   *stream = fopen(file->path, "wx");
	bool		is_written;

	if (stream == NULL)
	{
		pg_log_error("could not create file \"%s\": %m", printable);
		return false;
	}
	is_written = fputs(file->text, stream) != EOF && fflush(stream) == 0;

	/* Closing, too, may say that what has been written is lost */
	if (!is_written)
		pg_log_error("could not write file \"%s\": %m", printable);
	if (fclose(stream) != 0 && is_written)
	{
		pg_log_error("could not write file \"%s\": %m", printable);
		is_written = false;
	}
	if (!is_written)
		unlink(file->path);
	return is_written;
}

bool
project_new_files_write(const NewFile *files, int count)
{
	int			i = 0;

	while (i < count && write_new(&files[i]))
		i++;
	if (i == count)
		return true;
	while (i-- > 0)
		unlink(files[i].path);
	return false;
}
