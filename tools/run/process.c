/*-------------------------------------------------------------------------
 *
 * run/process.c
 *		A psql that runs scripts, and what it prints
 *
 * Its standard input is empty.  It leads a session of its own: then there is
 * no terminal to ask something at, Ctrl-C reaches only us, and whatever it has
 * started is signalled with it, by its group.
 *
 * The pipes that we read do not tell when psql is gone, as programs that it
 * has left in the background hold their ends open.  Only SIGCHLD does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/interruption.h"
#include "base/program_path.h"
#include "common/logging.h"
#include "run/process.h"

/* How much to read from a pipe at once */
#define CHUNK 65536

/*
 * Make a pipe that programs do not inherit.  Returns false after a message.
 */
static bool
make_pipe(int ends[2])
{
	if (pipe(ends) == 0 &&
		fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
		fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
		return true;
	pg_log_error("could not make a pipe: %m");
	return false;
}

/* Close a descriptor that may be closed already. */
static void
close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The command line of psql, in memory that the caller frees. */
static const char **
make_arguments(const char *psql, const ConnectionHandover *handover,
			   const SimpleStringList *variables, const char *const *scripts)
{
	static const char *const fixed[] = {
		"-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d"
	};
	const SimpleStringListCell *cell;
	const char **arguments;
	int			count = lengthof(fixed) + 3;
	int			i;

	for (cell = variables->head; cell != NULL; cell = cell->next)
		count += 2;
	for (i = 0; scripts[i] != NULL; i++)
		count += 2;
	arguments = pg_malloc(count * sizeof(char *));

	count = 0;
	arguments[count++] = psql;
	for (cell = variables->head; cell != NULL; cell = cell->next)
	{
		arguments[count++] = "-v";
		arguments[count++] = cell->val;
	}
	memcpy(arguments + count, fixed, sizeof(fixed));
	count += lengthof(fixed);
	arguments[count++] = handover->conninfo;
	for (i = 0; scripts[i] != NULL; i++)
	{
		arguments[count++] = "-f";
		arguments[count++] = scripts[i];
	}
	arguments[count] = NULL;
	return arguments;
}

/*
 * In the child: become psql.  The signals that we catch or ignore are psql's
 * to deal with as if a shell had started it.  Should we be killed, so is
 * psql.  PGPASSWORD is hidden where it would outdo the password file.  What
 * psql itself says of errors is read, and so it is not to be translated; the
 * server's messages are in whatever language lc_messages says.
 */
static void
become_psql(const char *const *arguments, const char *psql, pid_t parent,
			bool hides_password, const int *standard)
{
	int			fd;

	interruption_leave();
	setsid();
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (getppid() != parent)
		_exit(1);
	if (hides_password)
		unsetenv("PGPASSWORD");
	setenv("LANGUAGE", "C", 1);

	for (fd = 0; fd < 3; fd++)
		if (dup2(standard[fd], fd) < 0)
			_exit(126);
	execvp(psql, (char *const *) arguments);
	fprintf(stderr, "could not run \"%s\": %s\n", psql, strerror(errno));
	_exit(127);
}

PsqlProcess *
run_process_start(const char *argv0, const ConnectionHandover *handover,
				  const SimpleStringList *variables,
				  const char *const *scripts)
{
	PsqlProcess *process;
	char	   *psql;
	const char **arguments;
	int			pipes[2][2];
	int			nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t		parent = getpid();
	int			i;

	if (nothing < 0 || !make_pipe(pipes[0]) || !make_pipe(pipes[1]))
		return NULL;
	process = pg_malloc0(sizeof(PsqlProcess));
	process->output = pipes[0][0];
	process->errors = pipes[1][0];
	for (i = 0; i < 2; i++)
		fcntl(pipes[i][0], F_SETFL, O_NONBLOCK);
	initPQExpBuffer(&process->output_text);
	initPQExpBuffer(&process->errors_text);

	psql = program_path_find(argv0, "psql");
	arguments = make_arguments(psql, handover, variables, scripts);
	fflush(NULL);
	process->pid = fork();
	if (process->pid == 0)
	{
		const int	standard[] = {nothing, pipes[0][1], pipes[1][1]};

		become_psql(arguments, psql, parent, handover->password_fd >= 0,
					standard);
	}
	pg_free(arguments);
	pg_free(psql);
	close(nothing);
	for (i = 0; i < 2; i++)
		close(pipes[i][1]);
	if (process->pid < 0)
	{
		pg_log_error("could not start psql: %m");
		process->pid = 0;
		run_process_free(process);
		return NULL;
	}
	return process;
}

/*
 * Read what there is now, but no more than a chunk.  A zero byte, which psql
 * writes between records if it was told to, would end the text before its
 * time; it becomes the end of a line.
 */
static void
read_text(int *fd, PQExpBuffer text)
{
	ssize_t		count;

	if (*fd < 0 || !enlargePQExpBuffer(text, CHUNK))
		return;
	count = read(*fd, text->data + text->len, CHUNK);
	if (count > 0)
	{
		char	   *p = text->data + text->len;

		text->len += count;
		text->data[text->len] = '\0';
		while ((p += strlen(p)) < text->data + text->len)
			*p = '\n';
	}
	else if (count == 0 || (errno != EAGAIN && errno != EINTR))
		close_descriptor(fd);
}

/*
 * Has psql ended?  If so, nothing more comes from it than the pipes hold, and
 * what others may write to them later is not waited for.
 */
static void
notice_end(PsqlProcess *process)
{
	if (process->pid == 0 ||
		waitpid(process->pid, &process->wait_status, WNOHANG) <= 0)
		return;
	process->pid = 0;
}

bool
run_process_wait(PsqlProcess *process, int timeout)
{
	struct pollfd descriptors[] = {
		{interruption_descriptor(), POLLIN, 0},
		{process->output, POLLIN, 0},
		{process->errors, POLLIN, 0}
	};
	bool		result;

	/* Somebody else who waits may have drained what tells of its end */
	notice_end(process);
	result = poll(descriptors, lengthof(descriptors),
				  process->pid == 0 ? 0 : timeout) != 0;
	if (descriptors[0].revents != 0)
	{
		interruption_drain();
		notice_end(process);
	}
	if (descriptors[1].revents != 0)
		read_text(&process->output, &process->output_text);
	if (descriptors[2].revents != 0)
		read_text(&process->errors, &process->errors_text);
	return result;
}

void
run_process_signal(PsqlProcess *process, int number)
{
	if (process->pid > 0 && kill(-process->pid, number) != 0)
		(void) kill(process->pid, number);
}

void
run_process_free(PsqlProcess *process)
{
	if (process->pid > 0)
	{
		run_process_signal(process, SIGKILL);
		waitpid(process->pid, &process->wait_status, 0);
	}
	close_descriptor(&process->output);
	close_descriptor(&process->errors);
	termPQExpBuffer(&process->output_text);
	termPQExpBuffer(&process->errors_text);
	pg_free(process);
}
