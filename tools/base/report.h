/*-------------------------------------------------------------------------
 *
 * base/report.h
 *		Messages about files and names, fit for a terminal
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "base/complaint.h"

extern const char *report_printable(const char *text);
extern void report_escaped(FILE *stream, const char *text);
extern void report_server_message(const char *message);
extern bool report_finish_output(const char *progname);
extern int	report_complaints(const char *progname,
							  const ComplaintList *complaints,
							  const char *path);

#endif							/* BASE_REPORT_H */
