/*-------------------------------------------------------------------------
 *
 * psql_session.h
 *		One psql that runs file after file, each as in a fresh session
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_SESSION_H
#define PSQL_SESSION_H

#include "options.h"
#include "progress.h"

typedef struct PsqlSession PsqlSession;

/* A file to run, and what came of it */
typedef struct PsqlRun
{
	const char *path;
	const char *next_path;		/* of the file behind it, or NULL */
	bool		is_wrapped;		/* put a transaction around it */
	bool		changes_session;	/* have a new psql afterwards */
	bool		has_no_command; /* it cannot change anything in psql */

	bool		has_run;		/* to its end, without an error */
	bool		is_settled;		/* no transaction is open, psql lives */
	bool		is_left_open;	/* it has run, and a transaction was open */
	bool		ignores_errors; /* it has turned ON_ERROR_STOP off */
	int			wait_status;	/* of psql, unless it is settled */
} PsqlRun;

/* A backend, which may be gone by now */
typedef struct PsqlBackend
{
	int			pid;			/* 0: there was none */
	char		since[32];		/* it was there at this time, since 1970 */
} PsqlBackend;

extern PsqlSession *psql_session_start(const Options *options, PGconn *conn,
									   const char *application_name,
									   Progress *progress,
									   const char *next_path);
extern bool psql_session_freshen(PsqlSession *session,
								 const char *next_path);
extern void psql_session_run(PsqlSession *session, PsqlRun *run);
extern bool psql_session_look(PsqlSession *session, const PsqlRun *run);
extern void psql_session_send_ahead(PsqlSession *session,
									const PsqlRun *next);
extern bool psql_session_is_ahead(const PsqlSession *session);
extern void psql_session_settle(PsqlSession *session, PsqlRun *run);
extern void psql_session_stop(PsqlSession *session);
extern void psql_session_renew(PsqlSession *session);
extern const PsqlBackend *psql_session_backend(const PsqlSession *session);
extern void psql_session_end(PsqlSession *session);

#endif							/* PSQL_SESSION_H */
