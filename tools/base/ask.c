/*-------------------------------------------------------------------------
 *
 * base/ask.c
 *		Ask at a terminal before something is done
 *
 * The question goes to standard error, for standard output may be read by a
 * program.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/ask.h"
#include "base/fe_compat.h"
#include "base/report.h"

/* Read a line of the terminal: is it a yes? */
static bool
read_yes(void)
{
	char		line[16] = "";
	size_t		length;
	int			c;

	if (fgets(line, sizeof(line), stdin) == NULL)
	{
		putc('\n', stderr);
		return false;
	}
	length = strcspn(line, "\r\n");

	/* The rest of a longer line is not the answer to the next question */
	if (line[length] == '\0')
		while ((c = getchar()) != EOF && c != '\n')
			;
	line[length] = '\0';
	return pg_strcasecmp(line, "y") == 0 || pg_strcasecmp(line, "yes") == 0;
}

Status
ask_yes(bool says_yes, const char *question)
{
	if (says_yes)
		return STATUS_DONE;
	if (!isatty(STDIN_FILENO))
	{
		pg_log_error("nobody is at a terminal to be asked: %s",
					 report_printable(question));
		fe_compat_log_hint("Say --yes to have it done without a question.");
		return STATUS_TROUBLE;
	}
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", report_printable(question));
	fflush(stderr);
	if (read_yes())
		return STATUS_DONE;
	pg_log_error("nothing was done");
	return STATUS_PROBLEM;
}
