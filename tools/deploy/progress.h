/*-------------------------------------------------------------------------
 *
 * deploy/progress.h
 *		What is seen of a run while it goes on
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEPLOY_PROGRESS_H
#define DEPLOY_PROGRESS_H

typedef struct Progress Progress;

extern Progress *deploy_progress_create(bool is_quiet, bool is_verbose,
										int total);
extern void deploy_progress_begin(Progress *progress, int number,
								  const char *name);
extern void deploy_progress_end(Progress *progress, bool has_failed);
extern void deploy_progress_tick(Progress *progress);
extern int	deploy_progress_timeout(const Progress *progress);
extern void deploy_progress_messages(Progress *progress, const char *text,
									 size_t length);
extern void deploy_progress_output(Progress *progress, const char *text,
								   size_t length);
extern const char *deploy_progress_duration(const Progress *progress);
extern void deploy_progress_free(Progress *progress);

#endif							/* DEPLOY_PROGRESS_H */
