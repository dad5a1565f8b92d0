/*-------------------------------------------------------------------------
 *
 * progress.h
 *		What is seen of a run while it goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROGRESS_H
#define PROGRESS_H

typedef struct Progress Progress;

extern Progress *progress_create(bool is_quiet, bool is_verbose, int total);
extern void progress_begin(Progress *progress, int number, const char *name);
extern void progress_end(Progress *progress, bool has_failed);
extern void progress_tick(Progress *progress);
extern int	progress_timeout(const Progress *progress);
extern void progress_messages(Progress *progress, const char *text,
							  size_t length);
extern void progress_output(Progress *progress, const char *text,
							size_t length);
extern const char *progress_duration(const Progress *progress);
extern void progress_free(Progress *progress);

#endif							/* PROGRESS_H */
