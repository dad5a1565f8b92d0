/*-------------------------------------------------------------------------
 *
 * base/report.c
 *		Messages about files and names, fit for a terminal
 *
 * A message stays on one line and carries no control characters, whatever
 * is in the names that it mentions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "common/logging.h"
#include "common/string.h"
#include "lib/stringinfo.h"

/* How many results of report_printable are good at the same time */
#define RESULTS 8

/* Room for what stands for a character */
#define ESCAPE_SIZE sizeof("\\xFF\\xFF")

/*
 * Write what stands for a character, if it cannot stand for itself; else
 * nothing.  Returns how many bytes it has, as far as that matters.
 */
static int
escape(const char *text, char *escaped)
{
	const unsigned char *c = (const unsigned char *) text;

	escaped[0] = '\0';
	if (c[0] == '\n')
		strlcpy(escaped, "\\n", ESCAPE_SIZE);
	else if (c[0] < ' ' || c[0] == 0x7F)
		snprintf(escaped, ESCAPE_SIZE, "\\x%02X", c[0]);
	else if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
	{
		/* U+0080 to U+009F control a terminal, too */
		snprintf(escaped, ESCAPE_SIZE, "\\x%02X\\x%02X", c[0], c[1]);
		return 2;
	}
	return 1;
}

const char *
report_printable(const char *text)
{
	static StringInfoData results[RESULTS];
	static int	last = 0;
	StringInfo	result;
	char		escaped[ESCAPE_SIZE];

	last = (last + 1) % RESULTS;
	result = &results[last];
	if (result->data == NULL)
		initStringInfo(result);
	resetStringInfo(result);
	while (*text != '\0')
	{
		int			length = escape(text, escaped);

		if (escaped[0] != '\0')
			appendStringInfoString(result, escaped);
		else
			appendStringInfoChar(result, *text);
		text += length;
	}
	return result->data;
}

int
report_fitting(const char *text, int room)
{
	int			length = (int) strnlen(text, Max(room, 0));

	if (text[length] != '\0')
		while (length > 0 && (text[length] & 0xC0) == 0x80)
			length--;
	return length;
}

void
report_escaped(FILE *stream, const char *text)
{
	char		escaped[ESCAPE_SIZE];

	while (*text != '\0')
	{
		int			length = escape(text, escaped);

		if (escaped[0] != '\0')
			fputs(escaped, stream);
		else
			putc(*text, stream);
		text += length;
	}
}

void
report_server_message(const char *message)
{
	char	   *copy = pg_strdup(message);

	pg_strip_crlf(copy);
	pg_log_error("%s", copy);
	pg_free(copy);
}

int
report_problems(const char *progname, const ProblemList *problems,
				const char *path)
{
	int			errors = 0;
	int			i;

	for (i = 0; i < problems->count; i++)
	{
		const Problem *problem = &problems->items[i];
		const char *where = problem->path != NULL ? problem->path : path;

		fprintf(stderr, "%s: ", progname);
		if (where != NULL)
		{
			report_escaped(stderr, where);
			putc(':', stderr);
			if (problem->line > 0)
				fprintf(stderr, "%d:", problem->line);
			putc(' ', stderr);
		}
		if (problem->level == PROBLEM_ERROR)
			errors++;
		else
			fputs("warning: ", stderr);
		report_escaped(stderr, problem->text);
		putc('\n', stderr);
	}
	return errors;
}

bool
report_finish_output(const char *progname)
{
	bool		failed = ferror(stdout) != 0;

	/* Closing may also say that what has been written is lost */
	errno = 0;
	if (fflush(stdout) == 0 && !failed &&
		(fclose(stdout) == 0 || errno == EBADF))
		return true;

	/* Why a write has failed a while ago is not known any more */
	fprintf(stderr, "%s: could not write to standard output%s%s\n",
			progname, errno != 0 ? ": " : "",
			errno != 0 ? strerror(errno) : "");
	return false;
}
