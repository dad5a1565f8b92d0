/*-------------------------------------------------------------------------
 *
 * run/file.h
 *		Running a file: what it takes, and what comes of it
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_FILE_H
#define RUN_FILE_H

#include "database/connection.h"
#include "fe_utils/simple_list.h"
#include "plan/plan.h"
#include "watch/observer.h"
#include "watch/onlookers.h"
#include "watch/progress.h"

/* Whose messages are shown that stand for no line of a file */
#define FILE_RUN_BEFORE "before it"
#define FILE_RUN_BEGIN "BEGIN before it"
#define FILE_RUN_COMMIT "COMMIT after it"
#define FILE_RUN_CONSTRAINTS "constraints checked after it"
#define FILE_RUN_AFTER "after it"
#define FILE_RUN_REGISTER "before COMMIT"
#define FILE_RUN_NOTE "note of its progress"
#define FILE_RUN_VERIFY "before what verifies it"

/* How the user wants files to be run; nothing of it is owned */
typedef struct RunOptions
{
	const char *argv0;			/* how we were called: psql may be beside */
	bool		is_quiet;
	bool		is_json;		/* all is told to programs */
	bool		is_verbose;
	SimpleStringList variables; /* NAME=VALUE for psql */
	int			wait;			/* seconds to wait for the lock */
	int64		lock_timeout;	/* the longest, in milliseconds; 0: none */
	int64		retry_for;		/* for how long to try again, likewise */
	int64		max_stall;		/* milliseconds that others may wait; 0: any */
	bool		forces_psql;	/* psql is to run all files: for tests */
	bool		is_single;		/* all files are one transaction */
	bool		is_rehearsal;	/* it counts the files that it runs itself */
	const char *label;			/* what it shows meanwhile, or NULL */
} RunOptions;

/* What files of a plan are run with; nothing of it is owned */
typedef struct FileRunner
{
	const RunOptions *options;
	PGconn	   *conn;			/* to the database, for others like it */
	Observer   *observer;		/* of it */
	Onlookers  *onlookers;
	const char *application_name;
	Progress   *progress;
	bool		checks_client;	/* the server can look after dead clients */
	bool		is_unicode;		/* so are the client and the database */
	bool		forces_psql;	/* all files take it */
} FileRunner;

typedef enum FileRunEnd
{
	FILE_RUN_DONE,				/* all of it was run, up to its end */
	FILE_RUN_CHANGED,			/* nothing of it: it is not what was read */
	FILE_RUN_REFUSED,			/* nor: psql cannot go on in it */
	FILE_RUN_FAILED,			/* there was an error in it */
	FILE_RUN_LOST,				/* the connection was lost, or never there */
	FILE_RUN_KILLED,			/* its psql was, by a signal */
	FILE_RUN_ENDED				/* its psql has ended otherwise */
} FileRunEnd;

/* A backend, which may be gone by now */
typedef struct Backend
{
	int			pid;			/* 0: there was none */
	char		since[32];		/* it was there at this time, since 1970 */
} Backend;

/* What has come of it, as far as whoever ran it knows */
typedef struct FileRun
{
	FileRunEnd	end;
	int			number;			/* of that signal, or the exit status */
	bool		is_left_open;	/* done, and a transaction was open */
	bool		has_lost_wrapping;	/* done, and ours was not, unexpectedly */
	bool		is_silent;		/* failed, and psql did not say why */
	bool		has_errors;		/* done, although psql has shown an error */
	bool		ignores_errors; /* done, and ON_ERROR_STOP was off at last */
	bool		has_bad_condition;	/* an \if that psql could not decide */
	Backend		backend;		/* in which it was run */
	bool		lacked_lock;	/* failed, since it did not get a lock */
	char	   *message;		/* the server's of that, not shown; or NULL */
	PGresult   *blockers;		/* it was waiting for them at last, or NULL */
	OthersWaited others;		/* who was waiting for it */
	const Stall *stall;			/* why it was cancelled, or NULL; not owned */
	int64		milliseconds;	/* how long it took */
	char		sqlstate[6];	/* of the error that has ended it, or empty */
	char	   *error;			/* of the server or ours, or NULL */
	int			error_line;		/* where it is about, or 0 */
	bool		is_unverified;	/* done, but what was run after it, to verify
								 * it, has failed */
	bool		is_of_note;		/* it is that of a note, not of the file */
	const PlanStep *at;			/* of a single transaction: the member in
								 * which it has ended; else NULL */
} FileRun;

/* Has it gone on after an error, without any thought? */
#define FILE_RUN_IS_CARELESS(run) \
	((run)->end == FILE_RUN_DONE && (run)->has_errors && \
	 ((run)->ignores_errors || (run)->has_bad_condition))

/* Is it done, up to the end, and yet not as it should be? */
#define FILE_RUN_IS_WRONG(run) \
	((run)->is_left_open || (run)->has_lost_wrapping || \
	 FILE_RUN_IS_CARELESS(run))

/*
 * Append the query that comes before the file of a step.  It says which file
 * is run, has the server look after us, and takes the lock that tells others
 * of the session; it does not wait.  It also sets lock_timeout, in
 * milliseconds, unless that is 0.  The columns of its row are called
 * versioning_since and versioning_pid.
 */
extern void run_file_append_marks(PQExpBuffer query,
								  const FileRunner *runner,
								  const PlanStep *step, int lock_timeout);

/* Free what the run of a file holds. */
extern void run_file_run_free(FileRun *run);

/* Copy the path of a step's file, as psql prints it in messages. */
extern void run_file_copy_path(char *path, const PlanStep *step);

#endif							/* RUN_FILE_H */
