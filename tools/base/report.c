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

/*
 * Is this a character that has what follows it, or what comes before it,
 * written in the other direction?  A text may look like another one by that:
 * U+200E, U+200F, U+202A to U+202E, and U+2066 to U+2069.
 */
static bool
turns_direction(const unsigned char *c)
{
	if (c[0] != 0xE2 || (c[1] != 0x80 && c[1] != 0x81))
		return false;
	return c[1] == 0x81 ? c[2] >= 0xA6 && c[2] <= 0xA9 :
		c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xAA && c[2] <= 0xAE);
}

int
report_escape(const char *text, char *escaped)
{
	const unsigned char *c = (const unsigned char *) text;

	escaped[0] = '\0';
	if (c[0] == '\n')
		strlcpy(escaped, "\\n", REPORT_ESCAPE_SIZE);
	else if (c[0] < ' ' || c[0] == 0x7F)
		snprintf(escaped, REPORT_ESCAPE_SIZE, "\\x%02X", c[0]);
	else if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
	{
		/* U+0080 to U+009F control a terminal, too */
		snprintf(escaped, REPORT_ESCAPE_SIZE, "\\x%02X\\x%02X", c[0], c[1]);
		return 2;
	}
	else if (turns_direction(c))
	{
		snprintf(escaped, REPORT_ESCAPE_SIZE, "\\x%02X\\x%02X\\x%02X",
				 c[0], c[1], c[2]);
		return 3;
	}
	return 1;
}

const char *
report_printable(const char *text)
{
	static StringInfoData results[RESULTS];
	static int	last = 0;
	StringInfo	result;
	char		escaped[REPORT_ESCAPE_SIZE];

	last = (last + 1) % RESULTS;
	result = &results[last];
	if (result->data == NULL)
		initStringInfo(result);
	resetStringInfo(result);
	while (*text != '\0')
	{
		int			length = report_escape(text, escaped);

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
	char		escaped[REPORT_ESCAPE_SIZE];

	while (*text != '\0')
	{
		int			length = report_escape(text, escaped);

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
