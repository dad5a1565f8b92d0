/*-------------------------------------------------------------------------
 *
 * database/connection.h
 *		A connection to the database, and how psql gets the same one
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_CONNECTION_H
#define DATABASE_CONNECTION_H

#include "libpq-fe.h"

typedef enum PasswordPrompt
{
	PASSWORD_IF_ASKED,			/* prompt when the server wants one */
	PASSWORD_NEVER,				/* -w */
	PASSWORD_ALWAYS				/* -W */
} PasswordPrompt;

typedef struct ConnectionOptions
{
	const char *dbname;			/* name, conninfo or URI, or NULL */
	const char *host;
	const char *port;
	const char *user;
	PasswordPrompt prompt;
	char	   *password;		/* typed, kept for the next connection */
} ConnectionOptions;

/*
 * What a program started by us needs to open the same connection.  If there
 * is a password file, the program shall not see PGPASSWORD, which outdoes it.
 */
typedef struct ConnectionHandover
{
	char	   *conninfo;		/* without a password, names that file */
	int			password_fd;	/* the file, to be inherited, or -1 */
} ConnectionHandover;

/*
 * Connect as the user has said.  Returns NULL after a message.  A password
 * that is asked for stays in the options.
 */
extern PGconn *connection_open(ConnectionOptions *options,
							   const char *application_name);

/*
 * One more connection to the same server, and to the given database or, if
 * NULL, to the same.  Returns NULL if that fails, without a message.
 */
extern PGconn *connection_reopen(PGconn *like, const char *dbname,
								 const char *application_name);

/* One more connection to the same database, or NULL after a message. */
extern PGconn *connection_open_again(PGconn *like,
									 const char *application_name);

/* The same, but NULL without a message if it takes more than two seconds. */
extern PGconn *connection_reopen_soon(PGconn *like,
									  const char *application_name);

/*
 * A session for patches in the same database, with the settings that sessions
 * of the user begin with there.  Never NULL: see PQstatus() for whether it is
 * connected.
 */
extern PGconn *connection_open_for_patches(PGconn *like,
										   const char *application_name);

/* Say why a connection is not there, unless we are asked to stop. */
extern void connection_report_failure(PGconn *conn);

/*
 * Run a query, which may be several statements.  Returns NULL after a
 * message if it fails; else the caller clears the result.
 */
extern PGresult *connection_query(PGconn *conn, const char *query);

/* The same for a single statement with parameters $1 ... */
extern PGresult *connection_query_params(PGconn *conn, const char *query,
										 int count,
										 const char *const *values);

/*
 * Have the server forget all that the session has come to be.  Returns false
 * after a message.
 */
extern bool connection_reset(PGconn *conn);

/*
 * Close a connection, or none.  A pooler can go on with the session if there
 * is no transaction in it.
 */
extern void connection_close(PGconn *conn);

/*
 * Does a connection pooler sit between us and the server?  It makes up the
 * process number that it tells us.  Returns false after a message if the
 * server does not answer.
 */
extern bool connection_is_pooled(PGconn *conn, bool *is_pooled);

/*
 * The settings of libpq that lead others to that database of the same server,
 * without a password; all other settings have no value.  The caller frees
 * them with PQconninfoFree().
 */
extern PQconninfoOption *connection_settings(PGconn *like,
											 const char *dbname);

/*
 * What a program needs to connect to the same server, and to the given
 * database or, if NULL, to the same.  Returns NULL after a message.  A
 * password in the environment the program finds by itself.
 */
extern ConnectionHandover *connection_hand_over(PGconn *conn,
												const char *dbname,
												const char *application_name);

/* Free it, and close its file. */
extern void connection_handover_free(ConnectionHandover *handover);

#endif							/* DATABASE_CONNECTION_H */
