/*-------------------------------------------------------------------------
 *
 * run/origin.c
 *		Who runs a file, on which machine, and at which revision it is
 *
 * The revision is what "git describe --always --dirty" says in the directory
 * of the file.  git itself refuses a repository that belongs to somebody else,
 * which could have it run anything; neither does it enter one that a
 * repository has among its files, nor start a monitor of files, nor write.
 * Whatever it does not tell in time, or at all, is not known.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/interruption.h"
#include "common/username.h"
#include "project/source.h"
#include "run/origin.h"

/* How long to wait for git, in milliseconds */
#define PATIENCE 2000

/* How much of what it says is kept, at most, with the byte that ends it */
#define REVISION_SIZE 256

/* What has been found out: the revision is empty if it is not known */
typedef struct Directory
{
	char	   *path;
	char		revision[REVISION_SIZE];
} Directory;

/* In the child: become git, which reads nothing and complains to nobody. */
static void
become_git(const char *directory, int output)
{
	const char *const arguments[] = {
		"git", "-C", directory, "--no-optional-locks",
		"-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false",
		"describe", "--always", "--dirty", NULL
	};
	int			nothing = open("/dev/null", O_RDWR);

	interruption_leave();
	setpgid(0, 0);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
		dup2(output, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0)
		_exit(126);
	execvp(arguments[0], (char *const *) arguments);
	_exit(127);
}

/* Read a text up to its end; false if that takes too long. */
static bool
read_text(int fd, char *text)
{
	int64		until = clock_milliseconds() + PATIENCE;
	size_t		length = 0;
	ssize_t		count = 1;

	while (count > 0 && length < REVISION_SIZE - 1)
	{
		struct pollfd descriptor = {fd, POLLIN, 0};
		int64		left = until - clock_milliseconds();

		if (left <= 0 ||
			(poll(&descriptor, 1, (int) left) <= 0 && errno != EINTR))
			return false;
		if (descriptor.revents == 0)
			continue;
		count = read(fd, text + length, REVISION_SIZE - 1 - length);
		length += Max(count, 0);
	}
	text[length] = '\0';
	return count == 0;
}

/* Ask git for the revision of a directory. */
static void
ask_git(const char *directory, char *revision)
{
	int			ends[2];
	pid_t		pid;
	int			status = -1;
	bool		is_told;

	if (pipe(ends) != 0)
		return;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_git(directory, ends[1]);
	close(ends[1]);
	is_told = pid > 0 && read_text(ends[0], revision);
	close(ends[0]);
	if (pid > 0 && !is_told)
	{
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_told || status != 0)
		revision[0] = '\0';
	revision[strcspn(revision, "\r\n")] = '\0';
}

/* The revision of the directory that a file is in, or an empty string. */
static const char *
find_revision(const char *path)
{
	/* Asked once: a deploy runs many files of few directories */
	static Directory *directories = NULL;
	static int	count = 0;
	char		directory[MAXPGPATH];
	int			i;

	strlcpy(directory, path, sizeof(directory));
	get_parent_directory(directory);
	if (directory[0] == '\0')
		strlcpy(directory, ".", sizeof(directory));
	for (i = 0; i < count; i++)
		if (strcmp(directories[i].path, directory) == 0)
			return directories[i].revision;
	ARRAY_MAKE_ROOM(directories, count);
	directories[count].path = pg_strdup(directory);
	directories[count].revision[0] = '\0';
	ask_git(directory, directories[count].revision);
	return directories[count++].revision;
}

/* Append the call that sets something, if it is known. */
static void
append_setting(PQExpBuffer query, const char *name, const char *value,
			   bool is_unicode)
{
	if (value == NULL || value[0] == '\0')
		return;
	appendPQExpBuffer(query, ", pg_catalog.set_config('versioning.%s', ",
					  name);
	project_source_append_text(query, value, is_unicode);
	appendPQExpBufferStr(query, ", false)");
}

void
run_origin_append(PQExpBuffer query, const char *path, bool is_unicode)
{
	char	   *error = NULL;
	char		host[256] = "";

	append_setting(query, "os_user", get_user_name(&error), is_unicode);
	pg_free(error);
	if (gethostname(host, sizeof(host) - 1) == 0)
		append_setting(query, "host", host, is_unicode);
	if (path != NULL)
		append_setting(query, "revision", find_revision(path), is_unicode);
}
