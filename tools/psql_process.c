/*-------------------------------------------------------------------------
 *
 * psql_process.c
 *		A psql that runs what we write to it
 *
 * Its script is a pipe that we hold the other end of.  Standard input is not
 * that pipe but empty, so that neither a script nor a program that it starts
 * can eat what is meant for psql.  It leads a session of its own: then there
 * is no terminal to ask something at, Ctrl-C reaches only us, and whatever it
 * has started is signalled with it, by its group.
 *
 * There is one more pipe, that psql opens by name when it has news for us.
 * What scripts print cannot get in between there.
 *
 * None of these pipes tells when psql is gone, as programs that it has left
 * in the background hold their ends open.  Only SIGCHLD does.
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

#include "common/logging.h"
#include "interruption.h"
#include "psql_process.h"

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

/*
 * The psql to run: the one beside our own program, if that can be found out,
 * else the one that PATH leads to.
 */
static const char *
find_psql(const char *argv0, char *path)
{
	if (find_my_exec(argv0, path) == 0)
	{
		get_parent_directory(path);
		join_path_components(path, path, "psql");
		if (access(path, X_OK) == 0)
			return path;
	}
	return "psql";
}

/* The command line of psql, in memory that the caller frees. */
static const char **
make_arguments(const char *psql, const PsqlProcess *process,
			   const ConnectionHandover *handover,
			   const SimpleStringList *variables)
{
	static const char *const fixed[] = {
		"-X", "-q", "-w", "-v", "ON_ERROR_STOP=1"
	};
	const SimpleStringListCell *cell;
	const char **arguments;
	int			count = 0;

	for (cell = variables->head; cell != NULL; cell = cell->next)
		count += 2;
	arguments = pg_malloc((count + lengthof(fixed) + 6) * sizeof(char *));

	count = 0;
	arguments[count++] = psql;
	for (cell = variables->head; cell != NULL; cell = cell->next)
	{
		arguments[count++] = "-v";
		arguments[count++] = cell->val;
	}
	memcpy(arguments + count, fixed, sizeof(fixed));
	count += lengthof(fixed);
	arguments[count++] = "-d";
	arguments[count++] = handover->conninfo;
	arguments[count++] = "-f";
	arguments[count++] = process->script_path;
	arguments[count] = NULL;
	return arguments;
}

/*
 * In the child: become psql.  The signals that we catch or ignore are psql's
 * to deal with as if a shell had started it.  Should we be killed, so is
 * psql.  PGPASSWORD is hidden where it would outdo the password file.
 */
static void
become_psql(const char *const *arguments, const char *psql, pid_t parent,
			bool hides_password, const int *standard, const int *inherited)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE};
	size_t		i;
	int			fd;

	for (i = 0; i < lengthof(signals); i++)
		signal(signals[i], SIG_DFL);
	setsid();
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (getppid() != parent)
		_exit(1);
	if (hides_password)
		unsetenv("PGPASSWORD");

	for (fd = 0; fd < 3; fd++)
		if (dup2(standard[fd], fd) < 0)
			_exit(126);
	for (i = 0; i < 2; i++)
		if (fcntl(inherited[i], F_SETFD, 0) != 0)
			_exit(126);
	execvp(psql, (char *const *) arguments);
	fprintf(stderr, "could not run \"%s\": %s\n", psql, strerror(errno));
	_exit(127);
}

/*
 * Start a psql with the given variables.  "argv0" is how our own program was
 * called.  Signals must be caught by interruption_catch().  Returns NULL after
 * a message.
 */
PsqlProcess *
psql_process_start(const char *argv0, const ConnectionHandover *handover,
				   const SimpleStringList *variables)
{
	PsqlProcess *process = pg_malloc0(sizeof(PsqlProcess));
	char		path[MAXPGPATH];
	const char *psql = find_psql(argv0, path);
	const char **arguments;
	int			pipes[4][2];
	int			nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t		parent = getpid();
	int			i;

	if (nothing < 0 || !make_pipe(pipes[0]) || !make_pipe(pipes[1]) ||
		!make_pipe(pipes[2]) || !make_pipe(pipes[3]))
		return NULL;

	/* The first is for us to write to, the others are for us to read. */
	process->script = pipes[0][1];
	process->news = pipes[1][0];
	process->output = pipes[2][0];
	process->errors = pipes[3][0];
	for (i = 0; i < 4; i++)
		fcntl(pipes[i][i == 0], F_SETFL, O_NONBLOCK);
	snprintf(process->script_path, sizeof(process->script_path),
			 "/dev/fd/%d", pipes[0][0]);
	snprintf(process->news_path, sizeof(process->news_path),
			 "/dev/fd/%d", pipes[1][1]);
	initPQExpBuffer(&process->unsent);
	initPQExpBuffer(&process->news_text);
	initPQExpBuffer(&process->output_text);
	initPQExpBuffer(&process->errors_text);

	arguments = make_arguments(psql, process, handover, variables);
	fflush(NULL);
	process->pid = fork();
	if (process->pid == 0)
	{
		const int	standard[] = {nothing, pipes[2][1], pipes[3][1]};
		const int	inherited[] = {pipes[0][0], pipes[1][1]};

		become_psql(arguments, psql, parent, handover->password_fd >= 0,
					standard, inherited);
	}
	pg_free(arguments);
	close(nothing);
	for (i = 0; i < 4; i++)
		close(pipes[i][i != 0]);
	if (process->pid < 0)
	{
		pg_log_error("could not start psql: %m");
		process->pid = 0;
		psql_process_free(process);
		return NULL;
	}
	return process;
}

/* Write as much as there is room for. */
static void
write_script(PsqlProcess *process)
{
	PQExpBuffer unsent = &process->unsent;
	ssize_t		written;

	if (process->script < 0 || unsent->len == 0)
		return;
	written = write(process->script, unsent->data, unsent->len);
	if (written > 0)
	{
		unsent->len -= written;
		memmove(unsent->data, unsent->data + written, unsent->len + 1);
	}
	else if (errno != EAGAIN && errno != EINTR)
		close_descriptor(&process->script); /* SIGCHLD tells what it means */
	if (unsent->len == 0 && process->is_complete)
		close_descriptor(&process->script);
}

/* Let psql run further commands.  It does so while we wait. */
void
psql_process_send(PsqlProcess *process, const char *commands)
{
	appendPQExpBufferStr(&process->unsent, commands);
	write_script(process);
}

/* Let psql end when it has run what it was sent. */
void
psql_process_end_script(PsqlProcess *process)
{
	process->is_complete = true;
	if (process->unsent.len == 0)
		close_descriptor(&process->script);
}

/*
 * Read what there is now, but no more than a chunk.  A zero byte, which psql
 * writes between records if it was told to, would end the text before its
 * time; it becomes the end of a line.
 */
static bool
read_text(int *fd, PQExpBuffer text)
{
	ssize_t		count;

	if (*fd < 0 || !enlargePQExpBuffer(text, CHUNK))
		return false;
	count = read(*fd, text->data + text->len, CHUNK);
	if (count > 0)
	{
		char	   *p = text->data + text->len;

		text->len += count;
		text->data[text->len] = '\0';
		while ((p += strlen(p)) < text->data + text->len)
			*p = '\n';
		return true;
	}
	if (count == 0 || (errno != EAGAIN && errno != EINTR))
		close_descriptor(fd);
	return false;
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
	close_descriptor(&process->script);
}

/*
 * Wait until there is something to read from psql, or only news if they are
 * what matters, it has ended or a signal has come, but no longer than so many
 * milliseconds (-1: no limit).  Returns false if nothing of that has happened.
 */
bool
psql_process_wait(PsqlProcess *process, bool news_only, int timeout)
{
	struct pollfd descriptors[] = {
		{interruption_descriptor(), POLLIN, 0},
		{process->news, POLLIN, 0},
		{news_only ? -1 : process->output, POLLIN, 0},
		{news_only ? -1 : process->errors, POLLIN, 0},
		{process->unsent.len > 0 ? process->script : -1, POLLOUT, 0}
	};
	bool		result;

	result = poll(descriptors, lengthof(descriptors),
				  process->pid == 0 ? 0 : timeout) != 0;
	if (descriptors[0].revents != 0)
	{
		interruption_drain();
		notice_end(process);
	}
	if (descriptors[4].revents != 0)
		write_script(process);

	/* The news come last of what psql writes, so they are read first. */
	if (descriptors[1].revents != 0)
		read_text(&process->news, &process->news_text);
	if (descriptors[2].revents != 0)
		read_text(&process->output, &process->output_text);
	if (descriptors[3].revents != 0)
		read_text(&process->errors, &process->errors_text);
	return result;
}

/* Interrupt psql, but not what it has started. */
void
psql_process_interrupt(PsqlProcess *process)
{
	if (process->pid > 0)
		(void) kill(process->pid, SIGINT);
}

/* Send a signal to psql and whatever it has started. */
void
psql_process_signal(PsqlProcess *process, int number)
{
	if (process->pid > 0 && kill(-process->pid, number) != 0)
		(void) kill(process->pid, number);
}

/* Free it.  A psql that has not ended by now is killed. */
void
psql_process_free(PsqlProcess *process)
{
	if (process->pid > 0)
	{
		psql_process_signal(process, SIGKILL);
		waitpid(process->pid, &process->wait_status, 0);
	}
	close_descriptor(&process->script);
	close_descriptor(&process->news);
	close_descriptor(&process->output);
	close_descriptor(&process->errors);
	termPQExpBuffer(&process->unsent);
	termPQExpBuffer(&process->news_text);
	termPQExpBuffer(&process->output_text);
	termPQExpBuffer(&process->errors_text);
	pg_free(process);
}
