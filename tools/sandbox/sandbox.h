/*-------------------------------------------------------------------------
 *
 * sandbox/sandbox.h
 *		Making databases to play in, and dropping them
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "sandbox/template.h"

/*
 * Make a database of that name, and say so in its mark as that kind.  If there
 * is a sandbox of that name, a SANDBOX_MARK_SANDBOX is left as it is, or, if
 * it is to be made anew, dropped when the new one is ready; any other database
 * is an error.  Signals must be caught.  Returns STATUS_DONE, or another
 * status after a message.
 */
extern Status sandbox_create(const SandboxContent *content, const char *name,
							 const char *kind, bool is_anew);

/* Make up a name for a SANDBOX_MARK_RUN. */
extern void sandbox_make_run_name(PGconn *conn, char *name, size_t size);

/*
 * Drop databases of these names, which must all be ours, with whoever is in
 * them, and say so unless that is to be done quietly.  Returns false after a
 * message.
 */
extern bool sandbox_drop(PGconn *conn, char *const *names, int count,
						 bool is_quiet);

/* Drop a SANDBOX_MARK_RUN, silently.  Returns false after a message. */
extern bool sandbox_drop_run(PGconn *conn, const char *name);

/*
 * Drop sandboxes that are older than that, as PostgreSQL writes an interval,
 * and then the templates that no sandbox needs any more, but only what the
 * user may drop and nobody is in.  Returns false after a message.
 */
extern bool sandbox_drop_old(PGconn *conn, const char *age, bool is_quiet);

/*
 * Drop what is left over when we were killed.  Returns false after a message
 * if it cannot be known what there is.
 */
extern bool sandbox_drop_leftovers(PGconn *conn);

#endif							/* SANDBOX_H */
