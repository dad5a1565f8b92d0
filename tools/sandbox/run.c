/*-------------------------------------------------------------------------
 *
 * sandbox/run.c
 *		Running a command with a database of its own
 *
 * At a terminal, the command stays in the group of processes that may read
 * from it, and gets Ctrl-C as we do.  Everywhere else it gets a group of its
 * own, and a signal that we get is handed on to all of it.  We do not end
 * before the command does: the database is still to be dropped.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interruption.h"
#include "common/logging.h"
#include "sandbox/address.h"
#include "sandbox/run.h"

/* What is handed on */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* To whom, and whether a terminal does so: a handler knows only globals */
static volatile pid_t child;
static volatile sig_atomic_t shares_terminal;

/* Hand a signal on. */
static void
hand_on(int number)
{
	int			saved_errno = errno;

	if (!shares_terminal)
		kill(-child, number);
	else if (number != SIGINT && number != SIGQUIT)
		kill(child, number);
	errno = saved_errno;
}

/* Is the signal ignored, as SIGHUP is after nohup? */
static bool
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
		action.sa_handler == SIG_IGN;
}

/* In the child: become the command, with signals as we were given them. */
static void
become_command(PGconn *conn, const char *dbname, const char *command,
			   const sigset_t *mask)
{
	size_t		i;

	if (!shares_terminal)
		setpgid(0, 0);
	for (i = 0; i < lengthof(signals); i++)
		if (!is_ignored(signals[i]))
			signal(signals[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sandbox_address_set_variables(conn, dbname);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execl("/bin/sh", "sh", "-c", "--", command, (char *) NULL);
	fprintf(stderr, "could not run \"/bin/sh\": %s\n", strerror(errno));
	_exit(127);
}

/* Wait for the end of the command, and return how it has ended. */
static int
wait_for_command(void)
{
	int			status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Have signals handed on from now on, or do again what was done before. */
static void
set_handlers(struct sigaction *before, bool is_ours)
{
	struct sigaction action;
	size_t		i;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	action.sa_handler = hand_on;
	for (i = 0; i < lengthof(signals); i++)
		if (is_ignored(signals[i]))
			continue;
		else if (is_ours)
			sigaction(signals[i], &action, &before[i]);
		else
			sigaction(signals[i], &before[i], NULL);
}

int
sandbox_run_command(PGconn *conn, const char *dbname, const char *command)
{
	struct sigaction before[lengthof(signals)];
	sigset_t	blocked;
	sigset_t	mask;
	int			result = -1;
	size_t		i;

	shares_terminal = tcgetpgrp(STDIN_FILENO) == getpgrp();
	sigemptyset(&blocked);
	for (i = 0; i < lengthof(signals); i++)
		sigaddset(&blocked, signals[i]);

	/* A signal before we know whom to hand it on to has to wait */
	sigprocmask(SIG_BLOCK, &blocked, &mask);
	fflush(NULL);
	if (interruption_count() > 0)
	{
		sigprocmask(SIG_SETMASK, &mask, NULL);
		return -1;
	}
	child = fork();
	if (child == 0)
		become_command(conn, dbname, command, &mask);
	if (child < 0)
		pg_log_error("could not start a command: %m");
	else
	{
		if (!shares_terminal)
			setpgid(child, child);
		set_handlers(before, true);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		result = wait_for_command();
		set_handlers(before, false);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return result;
}
