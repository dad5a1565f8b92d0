/*-------------------------------------------------------------------------
 *
 * run/pipeline.h
 *		What is sent to the server for a file, and what comes back
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "run/file.h"
#include "run/waiting.h"

typedef struct SqlSession SqlSession;

/*
 * A look at the rows that an item has returned.  Returns false, after a
 * complaint, if that is a failure.
 */
typedef bool (*SqlCheck) (SqlSession *session, const PGresult *result);

/* Something that is sent to the server, and whose result comes back */
typedef struct SqlItem
{
	const char *text;
	size_t		length;
	int			line;			/* of the file, or 0 */
	const char *doing;			/* if it is not of the file: what it is */
	SqlCheck	check;			/* of its rows, or NULL */
} SqlItem;

/* A session with the server, and what its answers have told */
struct SqlSession
{
	PGconn	   *conn;
	const FileRunner *runner;	/* not owned */
	Backend		backend;
	char		path[MAXPGPATH];	/* of the file, as messages have it */

	SqlItem    *items;			/* of the next pipeline */
	int			count;
	int			space;
	int			ahead;			/* Syncs of what was sent ahead */
	PQExpBufferData query;		/* that is sent */
	const SqlItem *item;		/* whose results are read */
	Waiting		waiting;		/* of the file */
	int			lock_timeout;	/* that was set for it, or 0 */
	PQExpBufferData marks;		/* the query that says which file is run */
	const PatchPlan *members;	/* of a single transaction, */
	const PlanStep *member;		/* and the current one: see run/single.c */
	char	   *settings;		/* that sessions began with then, or NULL */
	char	   *constraints;	/* the query that makes some immediate again
								 * for the next one, or NULL */
	char		put_aside[256]; /* the queries around one that is patient, */
	char		put_back[256];	/* or empty */

	char	   *message;		/* that a lock was lacking, or NULL */
	char		sqlstate[6];	/* of the error, or empty */
	char	   *error;			/* its text, or that of ours, or NULL */
	int			error_line;		/* of the file, or 0 */
	bool		is_of_note;		/* which is that of a note */
	bool		is_ending;		/* the server has said so */
	bool		is_lost;
	bool		keeps_answer;	/* the next result is wanted, as */
	PGresult   *answer;			/* this one */
	pid_t		canceller;		/* the process that cancels, or 0 */
};

/*
 * Connect.  Signals must be caught by interruption_catch().  Returns NULL
 * after a message.
 */
extern SqlSession *run_pipeline_open(const FileRunner *runner);

/*
 * Send a query of ours, in a transaction of its own, before anything of a file
 * is; its result is read later.
 */
extern void run_pipeline_send_ahead(SqlSession *session,
									const char *query);

/* Read all these results.  Returns false if something has failed. */
extern bool run_pipeline_read_ahead(SqlSession *session);

/*
 * Add a query to the next pipeline; its text must stay until that was run.  If
 * "doing" is NULL, the query is one of the file, and its result may be shown.
 * Its messages are about that line, or, if it is 0, say what is being done.
 */
extern void run_pipeline_add(SqlSession *session, const char *text,
							 size_t length, int line, const char *doing);

/* The same with a string, whose line counts if it does not say what it is. */
extern void run_pipeline_add_text(SqlSession *session, const char *text,
								  const char *doing, int line);

/* The rows of what was added last are to be looked at. */
extern void run_pipeline_check(SqlSession *session, SqlCheck check);

/*
 * Send what was added, wait for the results, and begin anew.  Returns false if
 * not all of it has succeeded: then an error was shown, or kept in the session
 * if it may be gone when the file is tried again, or we are asked to stop.
 */
extern bool run_pipeline_run(SqlSession *session);

/*
 * Ask the server, with a query of ours that has nothing before it.  Returns
 * NULL after a message that is about that line; else the caller clears the
 * result.
 */
extern PGresult *run_pipeline_ask(SqlSession *session, const char *query,
								  int line);

/* What has come of a file of which something has failed. */
extern FileRunEnd run_pipeline_failure(SqlSession *session);

/* Say that something is wrong at a line of the file. */
extern void run_pipeline_complain(SqlSession *session, int line,
								  const char *format,...)
			pg_attribute_printf(3, 4);

/* Disconnect, and free the session. */
extern void run_pipeline_close(SqlSession *session);

#endif							/* RUN_PIPELINE_H */
