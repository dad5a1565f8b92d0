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

#include "base/fe_compat.h"
#include "base/report.h"
#include "lib/stringinfo.h"

/* How many results of report_printable are good at the same time */
#define RESULTS 8

/* The text of one character, if it cannot stand for itself, or NULL */
static const char *
escape(unsigned char c)
{
	static char hexadecimal[sizeof("\\xFF")];

	if (c == '\n')
		return "\\n";
	if (c >= ' ' && c != 0x7F)
		return NULL;
	snprintf(hexadecimal, sizeof(hexadecimal), "\\x%02X", c);
	return hexadecimal;
}

const char *
report_printable(const char *text)
{
	static StringInfoData results[RESULTS];
	static int	last = 0;
	StringInfo	result;

	last = (last + 1) % RESULTS;
	result = &results[last];
	if (result->data == NULL)
		initStringInfo(result);
	resetStringInfo(result);
	for (; *text != '\0'; text++)
	{
		const char *escaped = escape(*text);

		if (escaped != NULL)
			appendStringInfoString(result, escaped);
		else
			appendStringInfoChar(result, *text);
	}
	return result->data;
}

void
report_escaped(FILE *stream, const char *text)
{
	for (; *text != '\0'; text++)
	{
		const char *escaped = escape(*text);

		if (escaped != NULL)
			fputs(escaped, stream);
		else
			putc(*text, stream);
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

	/* Closing, too, may say that what has been written is lost */
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
