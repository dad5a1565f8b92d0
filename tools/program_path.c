/*-------------------------------------------------------------------------
 *
 * program_path.c
 *		Where PostgreSQL's own programs are
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "program_path.h"

/*
 * The program of that name beside our own, if that can be found out, or else
 * its name, for PATH to lead to it.  The caller frees it.
 */
char *
program_path_find(const char *program)
{
	char		own[MAXPGPATH];
	ssize_t		length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char	   *slash;
	char	   *path;

	if (length < 0)
		return pg_strdup(program);
	own[length] = '\0';
	slash = strrchr(own, '/');
	if (slash == NULL)
		return pg_strdup(program);
	*slash = '\0';

	path = psprintf("%s/%s", own, program);
	if (access(path, X_OK) == 0)
		return path;
	pg_free(path);
	return pg_strdup(program);
}
