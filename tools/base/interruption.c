/*-------------------------------------------------------------------------
 *
 * base/interruption.c
 *		Signals that ask us to stop, and those of the end of a child
 *
 * While they are caught, each of them makes a descriptor readable, so that
 * whoever waits for input with poll() misses none, whenever it comes.  What is
 * to be done is done there, not in the handler.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interruption.h"
#include "common/logging.h"

/* What is caught.  SIGPIPE is ignored: a write tells of it. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE};

/* What was done about them before, to be done again afterwards */
static struct sigaction before[lengthof(signals)];

/* The pipe that a handler writes to: a handler knows nothing but globals */
static int	ends[2] = {-1, -1};

/* How many of our callers want them to be caught */
static int	depth = 0;

/* How many signals there were that ask us to stop: see above */
static volatile sig_atomic_t signal_count = 0;

/* When the first of them has come */
static int64 first_time;

static void
handle_signal(int number)
{
	int			saved_errno = errno;

	if (number != SIGCHLD)
	{
		if (signal_count == 0)
			first_time = clock_milliseconds();
		signal_count++;
	}
	if (write(ends[1], "", 1) < 0)
	{
		/* it is full, which is as good */
	}
	errno = saved_errno;
}

/* Make the pipe, which programs that we start do not inherit. */
static bool
make_pipe(void)
{
	size_t		i;

	if (pipe(ends) != 0)
		return false;
	for (i = 0; i < lengthof(ends); i++)
		if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0 ||
			fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0)
			return false;
	return true;
}

bool
interruption_catch(void)
{
	struct sigaction action;
	size_t		i;

	if (depth++ > 0)
		return true;
	if (!make_pipe())
	{
		pg_log_error("could not catch signals: %m");
		return false;
	}
	signal_count = 0;
	for (i = 0; i < lengthof(signals); i++)
	{
		memset(&action, 0, sizeof(action));
		sigemptyset(&action.sa_mask);
		action.sa_flags = SA_RESTART;
		action.sa_handler = signals[i] == SIGPIPE ? SIG_IGN : handle_signal;
		sigaction(signals[i], &action, &before[i]);
		if (signals[i] == SIGHUP && before[i].sa_handler == SIG_IGN)
			sigaction(signals[i], &before[i], NULL);
	}
	return true;
}

void
interruption_release(void)
{
	size_t		i;

	if (--depth > 0)
		return;
	for (i = 0; i < lengthof(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	for (i = 0; i < lengthof(ends); i++)
	{
		close(ends[i]);
		ends[i] = -1;
	}
}

void
interruption_leave(void)
{
	size_t		i;

	for (i = 0; i < lengthof(signals); i++)
		signal(signals[i], SIG_DFL);
}

int
interruption_descriptor(void)
{
	return ends[0];
}

void
interruption_drain(void)
{
	char		bytes[64];

	while (read(ends[0], bytes, sizeof(bytes)) > 0)
		;
}

int
interruption_poll(int descriptor, int events, int timeout)
{
	struct pollfd descriptors[] = {
		{ends[0], POLLIN, 0}, {descriptor, events, 0}
	};

	(void) poll(descriptors, lengthof(descriptors), timeout);
	if (descriptors[0].revents != 0)
		interruption_drain();
	return descriptors[1].revents;
}

int
interruption_count(void)
{
	return signal_count;
}

int
interruption_age(void)
{
	return signal_count == 0 ? -1 : (int) (clock_milliseconds() - first_time);
}
