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

extern PGconn *connection_open(ConnectionOptions *options,
							   const char *application_name);
extern PGconn *connection_reopen(PGconn *like, const char *dbname,
								 const char *application_name);
extern PGconn *connection_open_again(PGconn *like,
									 const char *application_name);
/* The same if that takes no more than two seconds. */
extern PGconn *connection_reopen_soon(PGconn *like,
									  const char *application_name);

/*
 * A session for patches in the same database, with the settings that sessions
 * of the user begin with there.  Never NULL: see PQstatus() for whether it is
 * connected.
 */
extern PGconn *connection_open_for_patches(PGconn *like,
										   const char *application_name);
extern PGresult *connection_query(PGconn *conn, const char *query);
extern bool connection_reset(PGconn *conn);
extern void connection_close(PGconn *conn);
extern bool connection_is_pooled(PGconn *conn, bool *is_pooled);
extern ConnectionHandover *connection_hand_over(PGconn *conn,
												const char *dbname,
												const char *application_name);
extern void connection_handover_free(ConnectionHandover *handover);

#endif							/* DATABASE_CONNECTION_H */
