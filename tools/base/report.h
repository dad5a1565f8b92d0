/*-------------------------------------------------------------------------
 *
 * base/report.h
 *		Messages about files and names, fit for a terminal
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "base/problem.h"

/* Room for what stands for a character */
#define REPORT_ESCAPE_SIZE sizeof("\\xFF\\xFF\\xFF")

/*
 * Write what stands for the first character of a text, if it cannot stand for
 * itself; else an empty string.  Returns how many bytes the character has, as
 * far as that matters.
 */
extern int	report_escape(const char *text, char *escaped);

/*
 * The text without its control characters.  The result is good for a
 * message: it is overwritten some calls later.
 */
extern const char *report_printable(const char *text);

/*
 * How many bytes of a text to show where there is room for so many: not a part
 * of a character of UTF-8.
 */
extern int	report_fitting(const char *text, int room);

/* Write a text without its control characters. */
extern void report_escaped(FILE *stream, const char *text);

/* Say as an error what libpq has to say, which ends its lines itself. */
extern void report_server_message(const char *message);

/*
 * Write out what has been printed, the last thing that a program does.
 * Returns false, after a message, if not all of it could be written.
 */
extern bool report_finish_output(const char *progname);

/*
 * Write what there is to complain about files to standard error; "path" is
 * for problems that have none.  Returns how many are errors.
 */
extern int	report_problems(const char *progname,
							const ProblemList *problems,
							const char *path);

#endif							/* BASE_REPORT_H */
