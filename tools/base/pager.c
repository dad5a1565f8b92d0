/*-------------------------------------------------------------------------
 *
 * base/pager.c
 *		Output that may not fit on the screen
 *
 * Whether it does is known at its end, so it is kept until then.  The pager is
 * started as psql does it, by what psql has for that.  less is told, as by
 * git, to show colours, unless the user has told it anything.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/pager.h"
#include "common/logging.h"
#include "fe_utils/print.h"

/* What is kept of the output; open_memstream() fills it in. */
static char *kept;
static size_t kept_size;

int
pager_columns(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return columns == NULL ? 0 : Max(atoi(columns), 0);
}

FILE *
pager_open(void)
{
	FILE	   *stream = NULL;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		stream = open_memstream(&kept, &kept_size);
	return stream == NULL ? stdout : stream;
}

/* How many lines of the screen the text takes.  Colours take no room. */
static int
count_lines(void)
{
	int			columns = pager_columns();
	int			count = 0;
	int			width = 0;
	const char *p;

	for (p = kept; *p != '\0'; p++)
	{
		if (*p == '\033')
			p += strcspn(p, "m\n");
		else if (*p == '\n')
		{
			count++;
			width = 0;
		}
		else if ((*p & 0xC0) != 0x80 && width++ == columns && columns > 0)
		{
			count++;
			width = 1;
		}
		if (*p == '\0')
			break;
	}
	return count;
}

/* Wait for the pager to end.  Returns false if it could not be run. */
static bool
close_pager(FILE *stream)
{
	int			status = pclose(stream);

	restore_sigpipe_trap();

	/* This is how the shell says so, after a message */
	return !WIFEXITED(status) ||
		(WEXITSTATUS(status) != 126 && WEXITSTATUS(status) != 127);
}

/* Write the text to a pager, or to the terminal. */
static void
show_text(void)
{
	printTableOpt options = {0};
	void		(*handler) (int);
	FILE	   *stream;
	bool		is_shown;

	setenv("LESS", "FRX", 0);
	set_sigpipe_trap_state(true);
	options.pager = 1;
	stream = PageOutput(count_lines(), &options);
	fwrite(kept, 1, kept_size, stream);
	if (stream == stdout)
		return;
	/* Until the pager ends, what is typed is meant for it */
	handler = signal(SIGINT, SIG_IGN);
	is_shown = close_pager(stream);
	signal(SIGINT, handler);
	if (is_shown)
		return;
	pg_log_warning("the pager that PSQL_PAGER or PAGER names cannot be run");
	fwrite(kept, 1, kept_size, stdout);
}

void
pager_close(FILE *stream)
{
	if (stream == stdout)
		return;
	if (fclose(stream) == 0)
		show_text();
	free(kept);
	kept = NULL;
}
